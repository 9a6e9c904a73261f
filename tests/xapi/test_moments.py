"""`stored` as a number and as text."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from academy import clock
from academy.xapi import moments


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_stored_is_written_as_every_other_moment(moment):
    seq = clock.microseconds(moment)

    assert moments.moment(seq) == moment
    assert moments.stored(seq) == clock.rfc3339(moment)
