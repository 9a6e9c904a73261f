"""Serial numbers: `PPTA-2026-000123-7F`, the year, a running number and two check characters.

The check characters are the remainder of year and number by the prime 1021, written with the 32 characters
below: every wrong digit and every swap of two digits shows. Letters that look like digits are none of them.
"""

import re

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from academy.certificates.models import SerialCounter
from academy.db import db

PREFIX = "PPTA"
CHECK_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MODULUS = 1021

_CYRILLIC = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")
_LOOK_ALIKE = str.maketrans("OIL", "011")
_NOISE = re.compile(r"[\W_]+")
_SERIAL = re.compile(r"(\d{4})(\d{6,9}?)([0-9A-HJKMNP-TV-Z]{2})")


def next_serial(year: int) -> str:
    """Take the next number of a year; two transactions never get the same."""
    return written(year, _next_number(year))


def written(year: int, number: int) -> str:
    """Return the serial of a running number."""
    return f"{PREFIX}-{year:04d}-{number:06d}-{check_characters(year, number)}"


def check_characters(year: int, number: int) -> str:
    """Return the two check characters of a number."""
    high, low = divmod((year * 10**9 + number) % MODULUS, len(CHECK_CHARACTERS))
    return CHECK_CHARACTERS[high] + CHECK_CHARACTERS[low]


def verification_address(serial: str) -> str:
    """Return the public address at which a number can be checked."""
    return f"{current_app.config['BASE_URL']}/verify/{serial}"


def parsed(text: str) -> str | None:
    """Return the serial that a person meant, or None where the text cannot be one.

    Case, spaces, dashes, a missing prefix, Cyrillic letters and O or I for 0 or 1 are forgiven.
    """
    letters = _NOISE.sub("", text).upper().translate(_CYRILLIC).removeprefix(PREFIX)
    found = _SERIAL.fullmatch(letters.translate(_LOOK_ALIKE))
    if found is None:
        return None
    serial = written(int(found[1]), int(found[2]))
    return serial if serial.endswith(found[3]) else None


def _next_number(year: int) -> int:
    taken = db.session.scalar(_increment(year))
    if taken is not None:
        return taken
    try:
        with db.session.begin_nested():
            db.session.execute(sa.insert(SerialCounter).values(year=year, last=1))
    except IntegrityError:  # another worker took the first number of the year in this very moment
        return int(db.session.scalar(_increment(year)) or 0)
    return 1


def _increment(year: int) -> sa.sql.dml.ReturningUpdate[int]:
    return (
        sa.update(SerialCounter)
        .where(SerialCounter.year == year)
        .values(last=SerialCounter.last + 1)
        .returning(SerialCounter.last)
        .execution_options(synchronize_session=False)
    )
