"""Links of mails: random, kept as digests, one of each purpose for a person, used once.

A newer mail replaces the link of an older one. What stands in the database opens nothing.
"""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from academy import clock
from academy.accounts.models import MailedLink, Person
from academy.accounts.sessions import digest
from academy.db import db
from academy.errors import DomainError

CONFIRM_LASTS = timedelta(hours=48)
RESET_LASTS = timedelta(hours=1)
WELCOME_LASTS = timedelta(days=7)
KEPT = timedelta(days=30)

CONFIRM, RESET = "confirm", "reset"


class BadToken(DomainError):
    """The link was cut off, was used, or a newer mail or a change of the account replaced it."""

    message = _l("This link is not valid: it was used already, or a newer e-mail replaced it.")


class TokenExpired(BadToken):
    """The link is too old."""

    message = _l("This link is too old.")


def confirming(person: Person) -> str:
    """Make the token that confirms a person's address; it dies when used, and with a new registration."""
    return _make(CONFIRM, person, lasts=CONFIRM_LASTS)


def resetting(person: Person, *, lasts: timedelta = RESET_LASTS) -> str:
    """Make the token that lets a person choose a password; it dies when the password changes."""
    return _make(RESET, person, lasts=lasts)


def person_confirming(token: str) -> Person:
    """Return the person of a confirming token; raises BadToken or TokenExpired."""
    return _person(CONFIRM, token)


def person_resetting(token: str) -> Person:
    """Return the person of a resetting token; raises BadToken or TokenExpired."""
    return _person(RESET, token)


def take_resetting(token: str) -> Person:
    """Return the person of a resetting token and use it up; of two who come at once, one gets BadToken."""
    person = person_resetting(token)
    taken = db.session.execute(sa.delete(MailedLink).where(MailedLink.digest == digest(token)))
    if not getattr(taken, "rowcount", 0):
        raise BadToken
    return person


def use_up(person: Person) -> None:
    """Make all links of a person's mails worthless: one was used, or the account has changed."""
    db.session.execute(sa.delete(MailedLink).where(MailedLink.person_id == person.id))


def forget_old() -> None:
    """Remove links of which nobody needs to be told any more that they are too old."""
    db.session.execute(sa.delete(MailedLink).where(MailedLink.until < clock.now() - KEPT))


def _make(purpose: str, person: Person, *, lasts: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    values = {"digest": digest(token), "until": clock.now() + lasts}
    db.session.flush()  # a new person gets a number
    if not _replace(purpose, person, values):
        try:
            with db.session.begin_nested():
                made = sa.insert(MailedLink).values(person_id=person.id, purpose=purpose, **values)
                db.session.execute(made)
        except IntegrityError:  # made at the same moment by another request
            _replace(purpose, person, values)
    return token


def _replace(purpose: str, person: Person, values: dict[str, object]) -> bool:
    which = sa.and_(MailedLink.person_id == person.id, MailedLink.purpose == purpose)
    changed = db.session.execute(
        sa.update(MailedLink).where(which).values(**values).execution_options(synchronize_session=False)
    )
    return bool(getattr(changed, "rowcount", 0))


def _person(purpose: str, token: str) -> Person:
    which = sa.and_(MailedLink.digest == digest(token), MailedLink.purpose == purpose)
    link = db.session.scalar(
        sa.select(MailedLink).where(which).options(joinedload(MailedLink.person, innerjoin=True))
    )
    if link is None or not link.person.active:
        raise BadToken
    if link.until < clock.now():
        raise TokenExpired
    return link.person
