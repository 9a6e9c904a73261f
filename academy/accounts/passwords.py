"""Passwords: argon2 hashes, and what a password must be."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from flask_babel import ngettext

from academy.accounts import guessing

SHORTEST = 10
LONGEST = 200

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

    `personal` are the person's names, address and state, of which it may not consist.
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
    if guessing.is_personal(password, personal):
        return _("The password must not be your name, e-mail address or state, with or without digits.")
    if guessing.is_guessed(password):
        return _("Many people use this password, so it is guessed first. Choose another one.")
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")


def get_ready() -> None:
    """Make the hash that stands for nobody, so that not even the first unknown address takes longer."""
    _nobody()
