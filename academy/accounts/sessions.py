"""Sessions: who is signed in where. The browser keeps a random token, the database its digest.

A session ends by signing out, with the account, after a time without a request, and after a longest time;
its row stays for a while, so that a player that was left open can be told.
"""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Response, after_this_request, current_app, g, has_request_context, request, session
from flask_login import current_user
from sqlalchemy.orm import joinedload

from academy import clock
from academy.accounts.models import Person, PersonSession
from academy.db import beside, db

log = logging.getLogger(__name__)

KEY = "_user_id"  # where Flask-Login looks
NOTED_EVERY = timedelta(minutes=1)
OLD_TOKEN_LASTS = timedelta(minutes=1)
KEPT = timedelta(days=2)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UNATTENDED = "X-Unattended"  # on what a page asks by itself, over and over: nobody need be there


def begin(
    person: Person, *, shared: bool = False, agent: str = "", network: str = ""
) -> tuple[PersonSession, str]:
    """Open a session and return it with its token, which is not kept."""
    token = _new_token()
    opened = PersonSession(person=person, digest=digest(token), shared=shared, agent=agent, network=network)
    db.session.add(opened)
    db.session.flush()
    return opened, token


def find(token: str) -> PersonSession | None:
    """Return the session of a token with its person, or None where there is none that lasts."""
    key = digest(token)
    found = _with_person(_BY_DIGEST, key=key)
    if found is None:
        found = _with_person(_BY_OLD_TOKEN, key=key, recently=clock.now() - OLD_TOKEN_LASTS)
    if found is None or not found.person.is_active or is_over(found):
        return None
    return found


def current() -> PersonSession | None:
    """Return the session of the browser that sent the present request, or None."""
    if not has_request_context() or not current_user.is_authenticated:
        return None
    return g.get("person_session")


def idle_limit(*, shared: bool) -> timedelta:
    """Return how long a session lasts without a request."""
    setting = "SHARED_IDLE_MINUTES" if shared else "SESSION_IDLE_MINUTES"
    return timedelta(minutes=int(current_app.config[setting]))


def end_of(one: PersonSession) -> datetime:
    """Return when a session ended, or will if nothing more is heard."""
    return end_at(created=one.created, last_seen=one.last_seen, shared=one.shared, ended=one.ended)


def end_at(*, created: datetime, last_seen: datetime, shared: bool, ended: datetime | None) -> datetime:
    """Return when a session with these facts ended, or will if nothing more is heard."""
    longest = created + timedelta(hours=int(current_app.config["SESSION_HOURS"]))
    return min(ended or longest, longest, last_seen + idle_limit(shared=shared))


def is_over(one: PersonSession) -> bool:
    """Say whether a session has ended."""
    return end_of(one) <= clock.now()


def use(one: PersonSession) -> None:
    """Note that a session is used, at most once a minute; give it a new token where that was asked for.

    Pages only read. So the note is written in a transaction of its own after the answer was sent.
    """
    g.person_session = one
    if clock.now() - one.last_seen > NOTED_EVERY and UNATTENDED not in request.headers:
        note = _seen(one.id)
        engine = db.engine

        def later(answer: Response) -> Response:
            answer.call_on_close(lambda: _run_quietly(engine, note))
            return answer

        after_this_request(later)
    if one.stale and request.method in SAFE:
        stale, key = one.id, one.digest
        after_this_request(lambda answer: _rotate_later(answer, stale, key))


def see(session_id: int) -> None:
    """Note that a session is used, in the present transaction; one that has ended stays so."""
    db.session.execute(_seen(session_id))


def end(one: PersonSession) -> None:
    """End a session now."""
    one.ended = one.ended or clock.now()
    db.session.flush()


def end_all(person: Person, *, but: PersonSession | None = None) -> None:
    """End every session of a person, or every other one."""
    which = sa.and_(PersonSession.person_id == person.id, PersonSession.ended.is_(None))
    if but is not None:
        which = sa.and_(which, PersonSession.id != but.id)
    _update(which, ended=clock.now())


def renew_all(person: Person) -> None:
    """Have every session of a person get a new token with its next page: what it may do has changed."""
    _update(sa.and_(PersonSession.person_id == person.id, PersonSession.ended.is_(None)), stale=True)


def rotate(one: PersonSession) -> str:
    """Give a session a new token and return it; the old one is worthless at once."""
    token = _new_token()
    one.digest, one.previous, one.stale = digest(token), None, False
    db.session.flush()
    return token


def of(person: Person) -> list[PersonSession]:
    """Return the sessions of a person that last, the latest used first."""
    found: Sequence[PersonSession] = db.session.scalars(
        sa.select(PersonSession)
        .where(PersonSession.person_id == person.id, PersonSession.ended.is_(None))
        .order_by(PersonSession.last_seen.desc(), PersonSession.id.desc())
    ).all()
    return [one for one in found if not is_over(one)]


def forget_old() -> None:
    """Remove sessions that ended some days ago; nothing can ask for them any more."""
    longest = timedelta(hours=int(current_app.config["SESSION_HOURS"]))
    before = clock.now() - KEPT
    which = sa.or_(PersonSession.ended < before, PersonSession.created < before - longest)
    db.session.execute(sa.delete(PersonSession).where(which))


def digest(token: str) -> bytes:
    """Return what is kept of a token: it has 256 random bits, so a fast hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


#: Who asks and what they may do, in the one statement that every page begins with.
_SESSIONS = sa.select(PersonSession).options(
    joinedload(PersonSession.person, innerjoin=True).joinedload(Person.grants)
)
_BY_DIGEST = _SESSIONS.where(PersonSession.digest == sa.bindparam("key"))
_BY_OLD_TOKEN = _SESSIONS.where(
    PersonSession.previous == sa.bindparam("key"), PersonSession.rotated > sa.bindparam("recently")
)


def _with_person(which: sa.Select[PersonSession], **values: object) -> PersonSession | None:
    return db.session.scalars(which, values).unique().first()


def _seen(session_id: int) -> sa.Update:
    now = clock.now()
    which = sa.and_(PersonSession.id == session_id, PersonSession.last_seen < now)
    return sa.update(PersonSession).where(which).values(last_seen=now)


def _update(which: sa.ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        sa.update(PersonSession).where(which).values(**values).execution_options(synchronize_session="fetch")
    )


def _rotate_later(answer: Response, session_id: int, old: bytes) -> Response:
    """Give a session its new token; of several pages opened at once, one does it and its cookie is kept."""
    token = _new_token()
    values = {"digest": digest(token), "previous": old, "rotated": clock.now(), "stale": False}
    which = sa.and_(PersonSession.id == session_id, PersonSession.digest == old, PersonSession.stale)
    g.writes = True
    with beside() as connection, connection.begin():
        changed = connection.execute(sa.update(PersonSession).where(which).values(**values)).rowcount
    if changed:
        session[KEY] = token
    return answer


def _run_quietly(engine: sa.Engine, note: sa.Update) -> None:
    try:
        with engine.begin() as connection:
            connection.execute(note)
    except sa.exc.SQLAlchemyError:  # the answer is sent; the next page notes it again
        log.warning("the use of a session could not be noted", exc_info=True)
