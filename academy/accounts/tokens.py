"""Signed links of mails: what they are for, until when, and what makes them die earlier."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeSerializer

from academy import clock
from academy.accounts import queries
from academy.accounts.models import Person
from academy.errors import DomainError

CONFIRM_LASTS = timedelta(hours=48)
RESET_LASTS = timedelta(hours=1)
WELCOME_LASTS = timedelta(days=7)


class BadToken(DomainError):
    """The link was altered, was cut off, was used, or its account has changed since."""

    message = _l("This link is not valid, or it was used already.")


class TokenExpired(BadToken):
    """The link is too old."""

    message = _l("This link is too old.")


def confirming(person: Person) -> str:
    """Make the token that confirms a person's address; it dies when used, and with a new registration."""
    return _sign("confirm", person, clock.now() + CONFIRM_LASTS)


def resetting(person: Person, *, lasts: timedelta = RESET_LASTS) -> str:
    """Make the token that lets a person choose a password; it dies when the password changes."""
    return _sign("reset", person, clock.now() + lasts)


def person_confirming(token: str) -> Person:
    """Return the person of a confirming token; raises BadToken or TokenExpired."""
    return _read("confirm", token)


def person_resetting(token: str) -> Person:
    """Return the person of a resetting token; raises BadToken or TokenExpired."""
    return _read("reset", token)


def _sign(purpose: str, person: Person, until: datetime) -> str:
    content = [str(person.public_id), int(until.timestamp())]
    return str(_serializer(purpose, person).dumps(content))


def _read(purpose: str, token: str) -> Person:
    try:
        _signed, claimed = URLSafeSerializer("").loads_unsafe(token)
        person = queries.person_by_public_id(UUID(claimed[0]))
        until = _serializer(purpose, person).loads(token)[1] if person else 0
    except (BadData, ValueError, TypeError, LookupError, AttributeError) as error:
        raise BadToken from error
    if person is None:
        raise BadToken
    if until < clock.now().timestamp():
        raise TokenExpired
    return person


def _serializer(purpose: str, person: Person) -> URLSafeSerializer:
    is_confirmed = person.email_confirmed is not None
    state = f"{person.email}:{person.password_hash}:{person.session_epoch}:{is_confirmed}"
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"{purpose}:{state}")
