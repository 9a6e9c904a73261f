"""`stored` as a number of microseconds and as text."""

from datetime import date, datetime, timedelta

from academy import clock

DAY = 86_400_000_000


def stored(seq: int) -> str:
    """Return `stored` of the statement with this `seq`."""
    return clock.rfc3339(moment(seq))


def moment(seq: int) -> datetime:
    """Return the moment at which the statement with this `seq` was stored."""
    return clock.EPOCH + timedelta(microseconds=seq)


def day(seq: int) -> date:
    """Return the day, in UTC, on which the statement with this `seq` was stored."""
    return moment(seq).date()


def first_of(wanted: date) -> int:
    """Return the least `seq` that a statement of a day may have."""
    return (wanted - clock.EPOCH.date()).days * DAY
