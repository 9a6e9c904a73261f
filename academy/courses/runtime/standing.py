"""Whether a launch goes on: while its person may learn, and while the session that opened it lasts.

A player that was left open on a shared computer must not go on learning for whoever signed out. What is
under way at that moment still counts: the player is told, saves and closes. A launch without a session was
opened by a ticket, which the command line made.
"""

from datetime import timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.accounts import sessions as browsers
from academy.accounts.models import Person, PersonSession
from academy.courses.models import Launch
from academy.courses.runtime import rows
from academy.courses.runtime.rows import Session
from academy.db import db

Standing = Literal["lasts", "ends", "over", "unknown"]

GRACE = timedelta(minutes=2)

_STANDING = (
    sa.select(*rows.SESSION)
    .select_from(Launch)
    .join(Person, Person.id == Launch.person_id)
    .outerjoin(PersonSession, PersonSession.id == Launch.opened_in_id)
    .where(Launch.public_id == sa.bindparam("launch"))
)


def of(public_id: UUID) -> Standing:
    """Say whether a launch goes on, ends within these minutes, or is over."""
    found = db.session.execute(_STANDING, {"launch": public_id}).first()
    return "unknown" if found is None else judge(Session(*found))


def judge(session: Session) -> Standing:
    """Say the same of a launch by what was read of its session already."""
    if not session.active:
        return "over"
    if session.created is None or session.last_seen is None:
        return "lasts"
    last = browsers.end_at(
        created=session.created,
        last_seen=session.last_seen,
        shared=bool(session.shared),
        ended=session.ended,
    )
    now = clock.now()
    return "lasts" if now < last else "ends" if now < last + GRACE else "over"


def session_for(person: Person) -> int | None:
    """Return the session in which a launch is being opened for a person, by that very person."""
    mine = browsers.current()
    return mine.id if mine is not None and mine.person_id == person.id else None


def take_over(launch: Launch) -> None:
    """Let a launch go on in the present session of its person, who signed in again."""
    launch.opened_in_id = session_for(launch.person) or launch.opened_in_id
