"""Sign-in with a password, throttled, and the session that follows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from flask import has_request_context, session
from flask_login import login_user, logout_user

from academy import clock
from academy.accounts import emails, passwords, queries, throttle
from academy.accounts.models import Person
from academy.db import commit_now, db

LONGEST_SECONDS = 12 * 60 * 60
IDLE_SECONDS = 2 * 60 * 60
NOTE_SECONDS = 5 * 60


@dataclass(frozen=True)
class Outcome:
    """What came of trying to sign in; `left` attempts remain, or `wait` must pass."""

    kind: Literal["welcome", "wrong", "unconfirmed", "throttled"]
    person: Person | None = None
    left: int = 0
    wait: timedelta = timedelta(0)


def try_password(email: str, password: str, *, address: str | None, known_browser: bool = False) -> Outcome:
    """Check a password; the attempt is counted first, and forgotten when the password is right.

    An address without an account takes as long and is counted alike. The password is verified outside of
    the transaction, so slow hashing never holds the write lock.
    """
    account = _account(email)
    allowance = throttle.sign_in_allowance(account, address, known_browser=known_browser)
    if not allowance.left:
        return Outcome("throttled", wait=allowance.wait)
    throttle.note_sign_in(account, address)
    person = queries.person_by_email(account)
    kept_hash = person.password_hash if person else None
    commit_now()
    right = passwords.matches(password, kept_hash)
    fresh_hash = passwords.renewed(password, kept_hash) if right else None
    if not right or person is None or not person.active:
        left = allowance.left - 1
        return Outcome("wrong", left=left, wait=throttle.WINDOW)
    if person.email_confirmed is None:
        return Outcome("unconfirmed", person=person)
    throttle.forget_sign_ins(account, address)
    if fresh_hash:
        person.password_hash = fresh_hash
    db.session.flush()
    return Outcome("welcome", person=person)


def begin(person: Person) -> None:
    """Begin a session: what another person or an attacker left in this browser's session is dropped."""
    session.clear()
    login_user(person)
    session.permanent = True
    session["began"] = session["seen"] = int(clock.now().timestamp())


def end() -> None:
    """End the session of this browser and leave nothing personal behind."""
    logout_user()
    session.clear()


def load_person(session_id: str) -> Person | None:
    """Return the person of a session (Flask-Login), or None where it has ended.

    A session ends with the account, when the password changes, after two hours without a request, and
    after twelve hours in all.
    """
    public_id, _, epoch = session_id.rpartition(":")
    try:
        person = queries.person_by_public_id(UUID(public_id))
    except ValueError:
        return None
    if person is None or not person.is_active or str(person.session_epoch) != epoch:
        return None
    return person if _is_fresh() else None


def _is_fresh() -> bool:
    if not has_request_context():
        return True
    now = int(clock.now().timestamp())
    seen = session.get("seen", now)
    if now - seen > IDLE_SECONDS or now - session.get("began", now) > LONGEST_SECONDS:
        return False
    if now - seen > NOTE_SECONDS or "seen" not in session:
        session["seen"] = now
    return True


def _account(email: str) -> str:
    try:
        return emails.normal(email)
    except emails.BadEmail:
        return email.strip().casefold()[: emails.LONGEST]
