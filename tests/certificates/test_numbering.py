"""Serial numbers: given once, and read as people type them."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from academy.certificates import numbering
from academy.certificates.models import SerialCounter
from academy.db import db

serials = st.builds(numbering.written, st.integers(2020, 2099), st.integers(1, 2_000_000))


def test_written_has_year_number_and_check() -> None:
    assert numbering.written(2026, 123) == "PPTA-2026-000123-7Y"


@pytest.mark.parametrize(
    "typed",
    [
        "PPTA-2026-000123-7Y",
        " ppta 2026 000123 7y ",
        "2026-000123-7Y",
        "PPTA-2O26-OOO123-7Y",
        "PPTA-2026-000I23-7y",
        "РРТА-2026-000123-7У",  # Cyrillic
        "PPTA–2026–000123–7Y",
        "PPTA20260001237Y",
    ],
)
def test_parsed_forgives_spelling(typed: str) -> None:
    assert numbering.parsed(typed) == "PPTA-2026-000123-7Y"


@pytest.mark.parametrize("typed", ["", "PPTA", "PPTA-2026-000123", "PPTA-2026-000123-7Z", "7Y", "' OR 1=1"])
def test_parsed_refuses_what_is_no_number(typed: str) -> None:
    assert numbering.parsed(typed) is None


@given(serials)
def test_parsed_reads_back_every_serial(serial: str) -> None:
    assert numbering.parsed(serial) == serial


@given(serials, st.integers(0, 11), st.integers(1, 9))
def test_parsed_notices_every_wrong_digit(serial: str, place: int, step: int) -> None:
    digits = [index for index, sign in enumerate(serial[:-2]) if sign.isdigit()]
    index = digits[place % len(digits)]
    wrong = serial[:index] + str((int(serial[index]) + step) % 10) + serial[index + 1 :]

    assert numbering.parsed(wrong) is None


@given(serials, st.integers(0, 11))
def test_parsed_notices_every_swap_of_neighbours(serial: str, place: int) -> None:
    digits = [index for index, sign in enumerate(serial[:-2]) if sign.isdigit()]
    first, second = digits[place % (len(digits) - 1)], digits[place % (len(digits) - 1) + 1]
    signs = list(serial)
    signs[first], signs[second] = signs[second], signs[first]
    swapped = "".join(signs)

    assert swapped == serial or numbering.parsed(swapped) is None


@pytest.mark.usefixtures("app")
def test_next_serial_counts_each_year_by_itself() -> None:
    found = [numbering.next_serial(year) for year in (2026, 2026, 2027, 2026)]

    assert found == [numbering.written(*one) for one in ((2026, 1), (2026, 2), (2027, 1), (2026, 3))]
    counters = db.session.execute(
        sa.select(SerialCounter.year, SerialCounter.last).order_by(SerialCounter.year)
    )
    assert [tuple(row) for row in counters] == [(2026, 3), (2027, 1)]
