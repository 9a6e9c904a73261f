"""The projection's rows, read and written by Core on the connection of whoever stores statements."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.courses.models import Activity, Enrolment, Release
from academy.progress.completion import CourseState, Rule, Standing
from academy.progress.models import ActivityProgress, CourseProgress
from academy.progress.projection import LeafState

leaf_table: sa.Table = ActivityProgress.__table__  # type: ignore[assignment]
course_table: sa.Table = CourseProgress.__table__  # type: ignore[assignment]

LEAF_FIELDS = tuple(field.name for field in fields(LeafState))
COURSE_FIELDS = tuple(field.name for field in fields(CourseState))

_COURSE_WIDTH = len(COURSE_FIELDS)

_leaf_columns = [leaf_table.c[name] for name in LEAF_FIELDS]
_course_columns = [course_table.c[name] for name in COURSE_FIELDS]


_LEAVES = sa.select(leaf_table.c.registration, leaf_table.c.activity, *_leaf_columns).where(
    leaf_table.c.registration.in_(sa.bindparam("registrations", expanding=True))
)
_COURSES = sa.select(course_table.c.registration, *_course_columns).where(
    course_table.c.registration.in_(sa.bindparam("registrations", expanding=True))
)

_STANDING = (
    sa.select(*_course_columns, leaf_table.c.activity, *_leaf_columns)
    .outerjoin(leaf_table, leaf_table.c.registration == course_table.c.registration)
    .where(course_table.c.registration == sa.bindparam("registration"))
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose learning a registration is, and of which course."""

    registration: UUID
    course_id: int
    person_id: int


def seats(connection: sa.Connection, registrations: Iterable[UUID]) -> dict[UUID, Seat]:
    """Return the seats of those registrations that are enrolments."""
    found = connection.execute(
        sa.select(Enrolment.registration, Enrolment.course_id, Enrolment.person_id).where(
            Enrolment.registration.in_(registrations)
        )
    )
    return {row.registration: Seat(*row) for row in found}


def rules(connection: sa.Connection, course_ids: Iterable[int]) -> dict[int, list[Rule]]:
    """Return the releases of courses, each course's in order."""
    ordered: dict[int, list[Rule]] = {}
    for course_id, number, in_force, leaves in connection.execute(_RULES, {"courses": list(course_ids)}):
        ordered.setdefault(course_id, []).append(rule(number, in_force, leaves))
    return ordered


@lru_cache(maxsize=500)
def rule(number: int, in_force: int, leaves: str) -> Rule:
    """Read a release; its text says all that it is, so the same text is read once per process."""
    return Rule.of(number, in_force, json.loads(leaves))


_RULES = (
    sa.select(Release.course_id, Release.number, Release.in_force, sa.cast(Release.leaves, sa.Text))
    .where(Release.course_id.in_(sa.bindparam("courses", expanding=True)))
    .order_by(Release.course_id, Release.in_force, Release.number)
)


def courses_of_leaves(connection: sa.Connection, leaves: Iterable[UUID]) -> dict[UUID, int]:
    """Return the course of each activity."""
    found = connection.execute(
        sa.select(Activity.public_id, Activity.course_id).where(Activity.public_id.in_(leaves))
    )
    return {row.public_id: row.course_id for row in found}


def leaf_states(
    connection: sa.Connection, registrations: Sequence[UUID]
) -> dict[UUID, dict[UUID, LeafState]]:
    """Return the states of leaves by registration; one without rows is left out."""
    leaves: dict[UUID, dict[UUID, LeafState]] = {}
    for row in connection.execute(_LEAVES, {"registrations": registrations}):
        leaves.setdefault(row[0], {})[row[1]] = LeafState(*row[2:])
    return leaves


def standings(connection: sa.Connection, registrations: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return what stands for registrations; one without rows is left out."""
    wanted = list(registrations)
    leaves = leaf_states(connection, wanted)
    found = connection.execute(_COURSES, {"registrations": wanted})
    courses = {row[0]: CourseState(*row[1:]) for row in found}
    return {
        registration: Standing(courses.get(registration, CourseState()), leaves.get(registration, {}))
        for registration in leaves.keys() | courses.keys()
    }


def standing(connection: sa.Connection, registration: UUID) -> Standing:
    """Return what stands for one registration, in one query; nothing where it has no rows."""
    found = connection.execute(_STANDING, {"registration": registration}).all()
    if not found:
        return Standing()
    leaves = {row[_COURSE_WIDTH]: LeafState(*row[_COURSE_WIDTH + 1 :]) for row in found}
    leaves.pop(None, None)
    return Standing(CourseState(*found[0][:_COURSE_WIDTH]), leaves)


def save(
    connection: sa.Connection,
    before: Mapping[UUID, Standing],
    after: Mapping[UUID, Standing],
    seats_of: Mapping[UUID, Seat],
) -> None:
    """Write what differs between two sets of standings."""
    new_leaves, changed_leaves = [], []
    new_courses, changed_courses = [], []
    for registration, standing in after.items():
        was = before.get(registration)
        for activity, state in standing.leaves.items():
            key = {"registration": registration, "activity": activity}
            if was is None or activity not in was.leaves:
                new_leaves.append(key | _values(state, LEAF_FIELDS))
            elif was.leaves[activity] != state:
                changed_leaves.append({"of": registration, "leaf": activity} | _values(state, LEAF_FIELDS))
        if was is None:
            seat = {"registration": registration, "course_id": seats_of[registration].course_id}
            new_courses.append(seat | _values(standing.course, COURSE_FIELDS))
        elif was.course != standing.course:
            changed_courses.append({"of": registration} | _values(standing.course, COURSE_FIELDS))
    _many(connection, sa.insert(leaf_table), new_leaves)
    _many(connection, _update_leaf, changed_leaves)
    _many(connection, sa.insert(course_table), new_courses)
    _many(connection, _update_course, changed_courses)


def forget(connection: sa.Connection, registrations: Iterable[UUID]) -> None:
    """Delete all rows of registrations."""
    wanted = list(registrations)
    for table in (leaf_table, course_table):
        connection.execute(sa.delete(table).where(table.c.registration.in_(wanted)))


_update_leaf = (
    sa.update(leaf_table)
    .where(leaf_table.c.registration == sa.bindparam("of"), leaf_table.c.activity == sa.bindparam("leaf"))
    .values({name: sa.bindparam(name) for name in LEAF_FIELDS})
)
_update_course = (
    sa.update(course_table)
    .where(course_table.c.registration == sa.bindparam("of"))
    .values({name: sa.bindparam(name) for name in COURSE_FIELDS})
)


def _values(state: LeafState | CourseState, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(state, name) for name in names}


def _many(connection: sa.Connection, statement: Any, values: Sequence[dict[str, Any]]) -> None:
    if values:
        connection.execute(statement, list(values))
