"""A launch with its attempt as saving needs them: read by one statement of Core, written where they changed.

Content saves far more often than anything else happens, so it goes without the ORM. What the ORM holds of the
same rows is written before they are read, and forgotten once they are changed.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.accounts.models import Person, PersonSession
from academy.courses.models import Activity, Attempt, Launch, PackageVersion
from academy.courses.runtime import turns
from academy.courses.runtime.cmi import Cmi
from academy.db import Model, db, present_connection

_launch: Any = Launch.__table__
_attempt: Any = Attempt.__table__


@dataclass(slots=True)
class LaunchRow:
    """A launch; `version` and `kind` are the public id of its package version and the kind of its leaf."""

    id: int
    public_id: UUID
    activity_id: int
    version_id: int
    version: UUID
    kind: str
    mode: str
    seq: int
    session: int
    in_session: bool
    initialized: datetime | None
    session_time_ms: int | None
    counted_ms: int
    last_seen: datetime
    superseded: datetime | None
    closed: datetime | None


@dataclass(slots=True)
class AttemptRow:
    """An attempt; its data is replaced, never changed in place."""

    id: int
    enrolment_id: int
    data: Cmi
    sessions: int
    completion: str
    success: str
    score_raw: float | None
    total_time_ms: int
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """What decides whether a launch goes on: its person's account, and the session that opened it, if any."""

    active: bool
    opened_in: int | None
    created: datetime | None
    last_seen: datetime | None
    shared: bool | None
    ended: datetime | None


SESSION = (
    Person.active,
    Launch.opened_in_id,
    PersonSession.created,
    PersonSession.last_seen,
    PersonSession.shared,
    PersonSession.ended,
)

_OF_LAUNCH = (
    *("seq", "session", "in_session", "initialized", "session_time_ms", "counted_ms"),
    *("last_seen", "superseded", "closed"),
)
_OF_ATTEMPT = ("data", "sessions", "completion", "success", "score_raw", "total_time_ms", "ended")
_launch_values, _attempt_values = attrgetter(*_OF_LAUNCH), attrgetter(*_OF_ATTEMPT)

_READ = (
    sa.select(
        *(_launch.c[name] for name in ("id", "public_id", "activity_id", "version_id")),
        PackageVersion.public_id,
        Activity.kind,
        *(_launch.c[name] for name in ("mode", *_OF_LAUNCH)),
        *(_attempt.c[name] for name in ("id", "enrolment_id", *_OF_ATTEMPT)),
        *SESSION,
    )
    .select_from(_launch)
    .join(PackageVersion, PackageVersion.id == _launch.c.version_id)
    .join(Activity, Activity.id == _launch.c.activity_id)
    .join(Person, Person.id == _launch.c.person_id)
    .outerjoin(_attempt, _attempt.c.id == _launch.c.attempt_id)
    .outerjoin(PersonSession, PersonSession.id == _launch.c.opened_in_id)
)
_BY_PUBLIC_ID = _READ.where(_launch.c.public_id == sa.bindparam("launch"))
_BY_ID = _READ.where(_launch.c.id == sa.bindparam("launch"))
_ATTEMPT_AT, _SESSION_AT = 7 + len(_OF_LAUNCH), 9 + len(_OF_LAUNCH) + len(_OF_ATTEMPT)


class Held:
    """A launch that this transaction saves to, its attempt (none in a preview), and its session."""

    def __init__(self, connection: sa.Connection, found: Any) -> None:
        """Take a row of the statement, and the connection on which it was read."""
        self.connection = connection
        self.launch = LaunchRow(*found[:_ATTEMPT_AT])
        of_attempt = found[_ATTEMPT_AT:_SESSION_AT]
        self.attempt = None if of_attempt[0] is None else AttemptRow(*of_attempt)
        self.session = Session(*found[_SESSION_AT:])
        self._launch_was = _launch_values(self.launch)
        self._attempt_was = self.attempt and _attempt_values(self.attempt)

    def save(self) -> None:
        """Write what has changed since the reading or the last call."""
        now = _launch_values(self.launch)
        _write(self.connection, Launch, self.launch.id, _OF_LAUNCH, self._launch_was, now)
        self._launch_was = now
        if self.attempt is not None:
            now = _attempt_values(self.attempt)
            _write(self.connection, Attempt, self.attempt.id, _OF_ATTEMPT, self._attempt_was, now)
            self._attempt_was = now


def read(launch: UUID | int) -> Held | None:
    """Return a launch by its public id or row number, when it is the turn of this transaction; else None."""
    connection = present_connection()
    turns.take_of_launch(launch, connection)
    statement = _BY_PUBLIC_ID if isinstance(launch, UUID) else _BY_ID
    found = connection.execute(statement, {"launch": launch}).first()
    return None if found is None else Held(connection, found)


def _write(
    connection: sa.Connection, model: type[Model], number: int, names: tuple[str, ...], was: Any, now: Any
) -> None:
    if was == now:
        return
    changed = {name: new for name, old, new in zip(names, was, now, strict=True) if old != new}
    connection.execute(_update(model), {"row": number, **changed})
    if db.session.registry.has():  # never while content saves
        found = db.session.identity_map.get(model.__mapper__.identity_key_from_primary_key((number,)))
        if found is not None:
            db.session.expire(found)


@lru_cache
def _update(model: type[Model]) -> sa.Update:
    """Return the statement that changes whichever columns it is given."""
    table: Any = model.__table__
    return sa.update(table).where(table.c.id == sa.bindparam("row"))
