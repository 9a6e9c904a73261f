"""All seats of a person: how far each is, and where to go on; three queries however many there are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.accounts.models import Person
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.progress import completion, rows
from academy.progress.completion import NO_RULE, CourseState, Rule
from academy.progress.projection import LeafState
from academy.progress.queries import Learning, Place, Subject, next_part

_SEATS = (
    sa.select(
        Enrolment.registration,
        Enrolment.enrolled,
        Course.id,
        Course.code,
        Course.title,
        Course.hours,
        *(rows.course_table.c[name] for name in rows.COURSE_FIELDS),
    )
    .join(Course, Course.id == Enrolment.course_id)
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
    rules = rows.latest_rules(connection, [row[2] for row in found])
    known = [(row, _state(row), rules.get(row[2], NO_RULE)) for row in found]
    asked = [row[0] for row, state, rule in known if state.completed is None or state.release != rule.number]
    leaves = rows.leaf_states(connection, asked)
    seats = [_learning(row, state, rule, leaves.get(row[0], {})) for row, state, rule in known]
    return sorted(seats, key=_last_use, reverse=True)


def _state(row: Sequence[Any]) -> CourseState:
    return CourseState(*row[6:]) if row[6] is not None else CourseState()


def _learning(
    row: Sequence[Any], state: CourseState, rule: Rule, leaves: Mapping[UUID, LeafState]
) -> Learning:
    if state.release != rule.number:
        state = completion.evaluate(state, leaves, rule)
    return Learning(Place(*row[:2]), Subject(*row[2:6]), state, next_part(rule, leaves))


def _last_use(one: Learning) -> tuple[bool, datetime]:
    return one.state.last is not None, one.state.last or one.enrolment.enrolled
