"""Sign-in with a password, throttled, and the session that follows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask import g, request, session
from flask_login import login_user, logout_user

from academy import trace
from academy.accounts import browsers, emails, jobs, passwords, queries, sessions, throttle
from academy.accounts.models import Person
from academy.db import commit_now, db


@dataclass(frozen=True)
class Outcome:
    """What came of trying to sign in; `left` attempts remain, or `wait` must pass."""

    kind: Literal["welcome", "wrong", "unconfirmed", "throttled"]
    person: Person | None = None
    left: int = 0
    wait: timedelta = timedelta(0)


def try_password(email: str, password: str, *, address: str | None, device: str | None = None) -> Outcome:
    """Check a password; the attempt is counted first, and forgotten when the password is right.

    `device` names a browser that signed in to this account before. An address without an account takes as
    long and is counted alike. The password is verified outside of the transaction, so slow hashing never
    holds the write lock.
    """
    account = _account(email)
    origin = throttle.origin(account, address=address, device=device)
    allowance = throttle.sign_in_allowance(origin)
    if not allowance.left:
        return Outcome("throttled", wait=allowance.wait)
    throttle.note_sign_in(origin)
    person = queries.person_by_email(account)
    kept_hash = person.password_hash if person else None
    commit_now()
    right = passwords.matches(password, kept_hash)
    fresh_hash = passwords.renewed(password, kept_hash) if right else None
    if not right or person is None or not person.active:
        jobs.note_refusal(account, address=address)
        commit_now()
        return Outcome("wrong", left=allowance.left - 1, wait=allowance.pause)
    if person.email_confirmed is None:
        return Outcome("unconfirmed", person=person)
    throttle.forget_sign_ins(origin)
    if fresh_hash:
        person.password_hash = fresh_hash
    db.session.flush()
    return Outcome("welcome", person=person)


def begin(person: Person, *, shared: bool = False) -> None:
    """Begin a session in this browser; the one that it had ends, and its cookie is emptied first."""
    end()
    g.person_session, token = sessions.begin(
        person,
        shared=shared,
        agent=browsers.family(request.user_agent.string),
        network=browsers.network(request.remote_addr),
    )
    login_user(person)
    session.clear()
    session[sessions.KEY] = token
    session.permanent = not shared


def renew() -> None:
    """Give the session of this browser a new token."""
    mine = sessions.current()
    if mine is not None:
        session[sessions.KEY] = sessions.rotate(mine)


def end() -> None:
    """End the session of this browser at once and leave nothing personal behind."""
    mine = sessions.current()
    if mine is not None:
        sessions.end(mine)
    g.pop("person_session", None)
    logout_user()
    session.clear()


def load_person(token: str) -> Person | None:
    """Return the person of a session's token (Flask-Login), or None where the session has ended."""
    found = sessions.find(token)
    if found is None:
        return None
    sessions.use(found)
    work = trace.present()
    if work is not None:
        work.person = str(found.person.public_id)
    return found.person


def _account(email: str) -> str:
    try:
        return emails.normal(email)
    except emails.BadEmail:
        return email.strip().casefold()[: emails.LONGEST]
