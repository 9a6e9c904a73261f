"""The whole projection from all statements: to compare it with what stands, or to replace what stands."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.courses.models import Enrolment
from academy.db import db, reading
from academy.progress import rows, services
from academy.progress.completion import CourseState, Standing
from academy.progress.models import StaleRegistration
from academy.progress.projection import LeafState
from academy.transactions import Turn, take

AT_A_TIME = 50  # registrations folded together: what bounds the memory


@dataclass(frozen=True)
class Difference:
    """A field that stands differently from what the statements say; `activity` is None for the course."""

    registration: UUID
    activity: UUID | None
    field: str
    stands: Any
    replayed: Any


@dataclass(frozen=True)
class Outcome:
    """What a rebuild found."""

    registrations: int
    differences: list[Difference]


def rebuild(*, verify: bool) -> Outcome:
    """Replay all statements and compare; unless `verify`, put the outcome in the place of what stands.

    Sends no mail, issues no certificate and tells no other room.
    """
    with reading() if verify else nullcontext():
        connection = db.session.connection()  # to verify is to compare within one moment of the database
    if not verify:
        take(Turn.STATEMENTS, connection)
    differences: list[Difference] = []
    count = 0
    for registrations in _registrations(connection):
        count += len(registrations)
        standing = rows.standings(connection, registrations)
        replayed, seats = services.replayed(connection, registrations)
        found = list(_compare(standing, replayed))
        differences += found
        if found and not verify:
            rows.forget(connection, registrations)
            rows.save(connection, {}, replayed, seats)
    if not verify:
        connection.execute(sa.delete(StaleRegistration))
    return Outcome(count, differences)


def _registrations(connection: sa.Connection) -> Iterator[list[UUID]]:
    """Go through the registrations of seats and of rows, in order, some at a time."""
    sources = (Enrolment.registration, rows.leaf_table.c.registration, rows.course_table.c.registration)
    everything = sa.union(*(sa.select(source.label("registration")) for source in sources)).subquery()
    column = everything.c.registration
    after: UUID | None = None
    while True:
        query = sa.select(column).order_by(column).limit(AT_A_TIME)
        found = list(connection.scalars(query if after is None else query.where(column > after)))
        if not found:
            return
        yield found
        after = found[-1]


def _compare(standing: Mapping[UUID, Standing], replayed: Mapping[UUID, Standing]) -> Iterator[Difference]:
    for registration in sorted(standing.keys() | replayed.keys()):
        was = standing.get(registration, Standing())
        now = replayed.get(registration, Standing())
        yield from _fields(registration, None, was.course, now.course)
        for activity in sorted(was.leaves.keys() | now.leaves.keys()):
            yield from _fields(
                registration,
                activity,
                was.leaves.get(activity, LeafState()),
                now.leaves.get(activity, LeafState()),
            )


def _fields(
    registration: UUID, activity: UUID | None, was: CourseState | LeafState, now: CourseState | LeafState
) -> Iterator[Difference]:
    for field in fields(was):
        before, after = getattr(was, field.name), getattr(now, field.name)
        if before != after:
            yield Difference(registration, activity, field.name, before, after)
