"""Reads of progress for pages and commands, each in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from academy.accounts.models import Person
from academy.courses.models import Activity, Attempt, Course, Enrolment, Launch, Package
from academy.courses.packages import outline
from academy.courses.runtime import leaves as package_leaves
from academy.db import db
from academy.progress import completion, rows
from academy.progress.completion import CourseState, Leaf, Rule, Standing
from academy.progress.projection import COMPLETED, LeafState

NOTHING = Standing()

_STATES = (
    sa.select(Enrolment.course_id, *(rows.course_table.c[name] for name in rows.COURSE_FIELDS))
    .outerjoin(rows.course_table, rows.course_table.c.registration == Enrolment.registration)
    .where(Enrolment.person_id == sa.bindparam("person"), Enrolment.withdrawn.is_(None))
)


@dataclass(frozen=True)
class Part:
    """A launchable leaf of a course, as one learner stands with it; `number` counts from 1."""

    number: int
    activity: Activity
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


def learning(enrolment: Enrolment) -> Learning:
    """Return one seat with all parts of the course."""
    connection = db.session.connection()
    standing = rows.standings(connection, [enrolment.registration]).get(enrolment.registration, NOTHING)
    rule = rows.latest_rules(connection, [enrolment.course_id]).get(enrolment.course_id, completion.NO_RULE)
    activities = _activities(leaf.activity for leaf in rule.leaves)
    locked = _locked(enrolment, activities.values())
    shown = [leaf for leaf in rule.leaves if leaf.activity in activities]
    parts = [
        Part(
            number=number,
            activity=activities[leaf.activity],
            leaf=leaf,
            state=standing.leaves.get(leaf.activity, LeafState()),
            locked=leaf.activity in locked,
        )
        for number, leaf in enumerate(shown, 1)
    ]
    state = completion.evaluate(standing.course, standing.leaves, rule)
    return Learning(enrolment, enrolment.course, state, next_part(rule, standing.leaves, locked), parts)


def titles(activities: Iterable[UUID | None]) -> Mapping[UUID, Mapping[str, str]]:
    """Return the titles of activities by public id."""
    found = db.session.execute(
        sa.select(Activity.public_id, Activity.title).where(
            Activity.public_id.in_([one for one in activities if one is not None])
        )
    )
    return {row.public_id: row.title for row in found}


def states_of(person: Person) -> dict[int, CourseState]:
    """Return the states of a person's seats by course, for badges on cards."""
    found = db.session.execute(_STATES, {"person": person.id})
    return {row[0]: CourseState(*row[1:]) if row[1] is not None else CourseState() for row in found}


def languages_of(course: Course) -> list[str]:
    """Return the languages in which a course can be taken; content without a language is none."""
    return [
        language
        for language in db.session.scalars(
            sa.select(Package.language)
            .join(Activity, Activity.id == Package.activity_id)
            .where(
                Activity.course_id == course.id, Activity.removed.is_(False), Package.current_id.is_not(None)
            )
            .distinct()
            .order_by(Package.language)
        )
        if language
    ]


def language_taken(enrolment: Enrolment) -> str | None:
    """Return the language of the package that was opened last, or None where nothing was."""
    return db.session.scalar(
        sa.select(Package.language)
        .join(Attempt, Attempt.package_id == Package.id)
        .join(Launch, Launch.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == enrolment.id)
        .order_by(Launch.id.desc())
        .limit(1)
    )


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


def _activities(wanted: Iterable[UUID]) -> dict[UUID, Activity]:
    found = db.session.scalars(
        sa.select(Activity)
        .where(Activity.public_id.in_(list(wanted)))
        .options(joinedload(Activity.parent).selectinload(Activity.packages).joinedload(Package.current))
    )
    return {activity.public_id: activity for activity in found}


def _locked(enrolment: Enrolment, activities: Iterable[Activity]) -> frozenset[UUID]:
    """Return the parts whose prerequisites are not met; packages without any cost no query."""
    locked: set[UUID] = set()
    for parent in {activity.parent for activity in activities if activity.parent}:
        for version in [package.current for package in parent.packages if package.current][:1]:
            items = outline.leaves(package_leaves.outline_of(version))
            if any(item.prerequisites for item in items):
                found = package_leaves.contents(version, enrolment, parent=parent)
                locked |= {leaf.activity.public_id for leaf in found if not leaf.unlocked}
    return frozenset(locked)
