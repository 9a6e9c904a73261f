"""Passwords: argon2 hashes, and what a password must be."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from flask_babel import ngettext

SHORTEST = 10
LONGEST = 200
COMMON = Path(__file__).parent / "data" / "common-passwords.txt"

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_of(password: str) -> str:
    """Return the argon2 hash of a password; slow on purpose, so call it outside of a transaction."""
    return _hasher.hash(_normal(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Say whether a password belongs to a hash; takes as long where there is none (no account)."""
    try:
        return _hasher.verify(password_hash or _nobody(), _normal(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def renewed(password: str, password_hash: str | None) -> str | None:
    """Return a hash with today's parameters where the kept one has others, else None."""
    if password_hash is None or not _hasher.check_needs_rehash(password_hash):
        return None
    return hash_of(password)


def fault(password: str, *, personal: tuple[str | None, ...] = ()) -> str | None:
    """Return the sentence that says why a password may not be used, or None.

    `personal` are the person's names and address, which it may not consist of.
    """
    if len(password) < SHORTEST:
        return ngettext(
            "The password has %(num)d character, at least %(least)d are needed.",
            "The password has %(num)d characters, at least %(least)d are needed.",
            len(password),
            least=SHORTEST,
        )
    if len(password) > LONGEST:
        return _("The password is too long: at most %(most)d characters.", most=LONGEST)
    plain = _plain(password)
    if any(plain and plain in _own_words(text) for text in personal if text):
        return _("The password must not be your name or e-mail address.")
    if plain in _common() or len(set(plain)) < 4:
        return _("Many people use this password, so it is guessed first. Choose another one.")
    return None


def _own_words(text: str) -> set[str]:
    plain = text.casefold()
    return {_plain(plain), _plain(plain.partition("@")[0]), _plain("".join(reversed(plain.split())))}


def _plain(text: str) -> str:
    return "".join(letter for letter in _normal(text).casefold() if letter.isalnum())


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(_plain(line) for line in COMMON.read_text("utf-8").split())


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
