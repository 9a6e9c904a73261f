"""All seats of a person: how far each is, and where to go on; a few queries however many there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.accounts.models import Person
from academy.courses.models import Course, Enrolment, Release
from academy.courses.queries import contents
from academy.courses.runtime import locks
from academy.db import Texts, db
from academy.progress import rows
from academy.progress.completion import NO_RULE, CourseState, Rule
from academy.progress.projection import LeafState
from academy.progress.queries import Learning, Place, Subject, as_it_stands, next_part

_SEATS = (
    sa.select(
        Enrolment.registration,
        Enrolment.enrolled,
        Course.id,
        Course.code,
        sa.cast(Course.title, Texts),
        Course.hours,
        Enrolment.id,
        Release.number,
        Release.in_force,
        sa.cast(Release.leaves, sa.Text),
        *(rows.course_table.c[name] for name in rows.COURSE_FIELDS),
    )
    .join(Course, Course.id == Enrolment.course_id)
    .outerjoin(Release, contents.IS_LATEST)
    .outerjoin(rows.course_table, rows.course_table.c.registration == Enrolment.registration)
    .where(Enrolment.person_id == sa.bindparam("person"), Enrolment.withdrawn.is_(None))
)


def learning_of(person: Person) -> list[Learning]:
    """Return all seats of a person: those in use, the latest first, then those not begun.

    What the projection holds is shown as it stands. Only where a newer release came after a learner's last
    step are the parts counted anew, by that release.
    """
    connection = db.session.connection()
    found = connection.execute(_SEATS, {"person": person.id}).all()
    known = [(row, _state(row), _rule(row)) for row in found]
    asked = [row[0] for row, state, rule in known if state.completed is None or state.release != rule.number]
    leaves = rows.leaf_states(connection, asked)
    locked = _locked(found)
    seats = [
        _learning(row, state, rule, leaves.get(row[0], {}), locked.get(row[6], frozenset()))
        for row, state, rule in known
    ]
    return sorted(seats, key=_last_use, reverse=True)


def _rule(row: Sequence[Any]) -> Rule:
    return NO_RULE if row[7] is None else rows.rule(*row[7:10])


def _state(row: Sequence[Any]) -> CourseState:
    return CourseState(*row[10:]) if row[10] is not None else CourseState()


def _locked(found: Sequence[Sequence[Any]]) -> dict[int, frozenset[UUID]]:
    held = contents.held_by(contents.variants_of(row[2] for row in found))
    return locks.locked({row[6]: held.get(row[2], []) for row in found})


def _learning(
    row: Sequence[Any],
    state: CourseState,
    rule: Rule,
    leaves: Mapping[UUID, LeafState],
    locked: frozenset[UUID],
) -> Learning:
    state = as_it_stands(state, leaves, rule)
    return Learning(Place(*row[:2]), Subject(*row[2:6]), state, next_part(rule, leaves, locked))


def _last_use(one: Learning) -> tuple[bool, datetime]:
    return one.state.last is not None, one.state.last or one.enrolment.enrolled
