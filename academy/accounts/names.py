"""Names of people: which letters they may have, in Latin and in Cyrillic."""

import unicodedata

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from academy.errors import Invalid

LONGEST = 120
BETWEEN = frozenset(" -.'`´’‘ʻʼ‐‑")
MOST_MARKS = 2


class BadName(Invalid):
    """A name that no passport would print."""

    message = _l("A name has letters, spaces, hyphens and apostrophes only.")


class NotLatin(BadName):
    """A letter of another script in the Latin name."""

    message = _l("Write this name in Latin letters, as in the passport.")


class NotCyrillic(BadName):
    """A letter of another script in the Cyrillic name."""

    message = _l("Write this name in Cyrillic letters, or leave the field empty.")


class NameMissing(BadName):
    """There is no letter at all."""

    message = _l("Enter the name.")


class NameTooLong(BadName):
    """Longer than any certificate is wide."""


def latin(text: str) -> str:
    """Return a Latin name as it is kept: one space between words, composed letters. Raises BadName."""
    return _checked(text, script="LATIN", foreign=NotLatin)


def cyrillic(text: str | None) -> str | None:
    """Return a Cyrillic name as it is kept, or None for an empty one. Raises BadName."""
    return _checked(text, script="CYRILLIC", foreign=NotCyrillic) if text and text.strip() else None


def _checked(text: str, *, script: str, foreign: type[BadName]) -> str:
    name = unicodedata.normalize("NFC", " ".join(text[: LONGEST * 10].split()))
    if len(name) > LONGEST:
        raise NameTooLong(
            ngettext(
                "The name is too long: at most %(num)d letter.",
                "The name is too long: at most %(num)d letters.",
                LONGEST,
            )
        )
    marks = 0
    for letter in name:
        category = unicodedata.category(letter)
        marks = marks + 1 if category == "Mn" else 0
        if marks > MOST_MARKS:
            raise BadName
        if letter in BETWEEN or marks:
            continue
        if not category.startswith("L"):
            raise BadName
        if script not in unicodedata.name(letter, ""):
            raise foreign
    if not any(unicodedata.category(letter).startswith("L") for letter in name if letter not in BETWEEN):
        raise NameMissing
    return name
