"""`stored` as a number of microseconds and as text."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from academy import clock

DAY = 86_400_000_000


def stored(seq: int) -> str:
    """Return `stored` of the statement with this `seq`; by hand, for a page writes fifty or more."""
    days, within = divmod(seq, DAY)
    seconds, fraction = divmod(within, 1_000_000)
    minutes, second = divmod(seconds, 60)
    return f"{_date(days)}T{minutes // 60:02}:{minutes % 60:02}:{second:02}.{fraction:06}Z"


@lru_cache(64)
def _date(days: int) -> str:
    return (clock.EPOCH.date() + timedelta(days)).isoformat()


def moment(seq: int) -> datetime:
    """Return the moment at which the statement with this `seq` was stored."""
    return clock.EPOCH + timedelta(microseconds=seq)


def day(seq: int) -> date:
    """Return the day, in UTC, on which the statement with this `seq` was stored."""
    return moment(seq).date()


def first_of(wanted: date) -> int:
    """Return the least `seq` that a statement of a day may have."""
    return (wanted - clock.EPOCH.date()).days * DAY
