"""Reads of progress for pages and commands, each in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from academy.accounts.models import Person
from academy.courses.models import Activity, Attempt, Course, Enrolment, Launch, Package
from academy.courses.queries import contents as course_contents
from academy.courses.queries.contents import Asked, Contents
from academy.courses.runtime import locks
from academy.db import db
from academy.progress import completion, rows
from academy.progress.completion import NO_RULE, CourseState, Leaf, Rule
from academy.progress.projection import COMPLETED, LeafState

_STATES = (
    sa.select(Enrolment.course_id, *(rows.course_table.c[name] for name in rows.COURSE_FIELDS))
    .outerjoin(rows.course_table, rows.course_table.c.registration == Enrolment.registration)
    .where(Enrolment.person_id == sa.bindparam("person"), Enrolment.withdrawn.is_(None))
)

_TITLES = sa.select(Activity.public_id, Activity.title).where(
    Activity.public_id.in_(sa.bindparam("wanted", expanding=True))
)

_LANGUAGE_TAKEN = (
    sa.select(Package.language)
    .join(Attempt, Attempt.package_id == Package.id)
    .join(Launch, Launch.attempt_id == Attempt.id)
    .where(Attempt.enrolment_id == sa.bindparam("enrolment"))
    .order_by(Launch.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Part:
    """A launchable leaf of a course, as one learner stands with it; `number` counts from 1."""

    number: int
    activity: course_contents.Part
    leaf: Leaf
    state: LeafState
    locked: bool = False

    @property
    def is_done(self) -> bool:
        """Say whether the part is what the course asks of it."""
        return completion.is_done(self.leaf, self.state)

    @property
    def status(self) -> str:
        """Return the status in the words of the badge component."""
        if self.is_done:
            return "completed"
        if self.state.success == "failed":
            return "failed"
        if self.locked:
            return "locked"
        return "in-progress" if self.state.started else "not-started"


@dataclass(frozen=True, slots=True)
class Place:
    """What an overview needs of an enrolment."""

    registration: UUID
    enrolled: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What an overview needs of a course."""

    id: int
    code: str
    title: Mapping[str, str]
    hours: float


@dataclass(frozen=True)
class Learning:
    """A seat in a course and how far the learner is; an overview has no parts."""

    enrolment: Enrolment | Place
    course: Course | Subject
    state: CourseState
    next_part: UUID | None
    parts: Sequence[Part] = ()

    @property
    def is_completed(self) -> bool:
        """Say whether the course is completed."""
        return self.state.completion == COMPLETED

    @property
    def status(self) -> str:
        """Return the status in the words of the badge component."""
        return status_of(self.state)

    @property
    def share(self) -> float:
        """Return the share of parts that are done, 0 to 1; 1 once completed."""
        return share_of(self.state)


def status_of(state: CourseState) -> str:
    """Return the status of a course in the words of the badge component."""
    if state.completion == COMPLETED:
        return "completed"
    return "in-progress" if state.started else "not-started"


def share_of(state: CourseState) -> float:
    """Return the share of parts that are done, 0 to 1; 1 once completed."""
    if state.completion == COMPLETED:
        return 1.0
    return state.done / state.leaves if state.leaves else 0.0


def learning(enrolment: Enrolment, contents: Contents) -> Learning:
    """Return one seat with all parts of the course, as the projection holds it."""
    standing = rows.standing(db.session.connection(), enrolment.registration)
    rule = _rule(contents.release)
    held = course_contents.held_by(contents.variants).get(enrolment.course_id, [])
    locked = locks.locked({enrolment.id: held}).get(enrolment.id, frozenset())
    asked = {leaf.activity: leaf for leaf in rule.leaves}
    parts = [
        Part(
            number=number,
            activity=part,
            leaf=asked[part.public_id],
            state=standing.leaves.get(part.public_id, LeafState()),
            locked=part.public_id in locked,
        )
        for number, part in enumerate(contents.parts, 1)
    ]
    state = as_it_stands(standing.course, standing.leaves, rule)
    return Learning(enrolment, enrolment.course, state, next_part(rule, standing.leaves, locked), parts)


def as_it_stands(state: CourseState, leaves: Mapping[UUID, LeafState], rule: Rule) -> CourseState:
    """Return the state that the projection holds; counted by the latest release where that is newer."""
    return state if state.release == rule.number else completion.evaluate(state, leaves, rule)


def titles(activities: Iterable[UUID | None]) -> Mapping[UUID, Mapping[str, str]]:
    """Return the titles of activities by public id."""
    wanted = [one for one in activities if one is not None]
    found = db.session.connection().execute(_TITLES, {"wanted": wanted})
    return {row[0]: row[1] for row in found}


def states_of(person: Person) -> dict[int, CourseState]:
    """Return the states of a person's seats by course, for badges on cards."""
    found = db.session.connection().execute(_STATES, {"person": person.id})
    return {row[0]: CourseState(*row[1:]) if row[1] is not None else CourseState() for row in found}


def language_taken(enrolment: Enrolment) -> str | None:
    """Return the language of the package that was opened last, or None where nothing was."""
    return db.session.connection().scalar(_LANGUAGE_TAKEN, {"enrolment": enrolment.id})


def next_part(
    rule: Rule, states: Mapping[UUID, LeafState], locked: frozenset[UUID] = frozenset()
) -> UUID | None:
    """Choose where to go on: the unfinished part used last, else the first not done, else the first."""
    unlocked = [leaf for leaf in rule.leaves if leaf.activity not in locked]
    todo = [leaf for leaf in unlocked if not completion.is_done(leaf, states.get(leaf.activity, LeafState()))]
    used = {leaf.activity: states[leaf.activity].last for leaf in todo if leaf.activity in states}
    times = {activity: last for activity, last in used.items() if last is not None}
    if times:
        return max(times, key=times.__getitem__)
    return next((leaf.activity for leaf in todo or unlocked), None)


def _rule(release: Asked | None) -> Rule:
    if release is None:
        return NO_RULE
    return Rule(release.number, release.in_force, tuple(Leaf(*leaf) for leaf in release.leaves))
