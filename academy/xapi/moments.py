"""`stored` as a number of microseconds and as text."""

from datetime import datetime, timedelta

from academy import clock


def stored(seq: int) -> str:
    """Return `stored` of the statement with this `seq`."""
    return clock.rfc3339(moment(seq))


def moment(seq: int) -> datetime:
    """Return the moment at which the statement with this `seq` was stored."""
    return clock.EPOCH + timedelta(microseconds=seq)
