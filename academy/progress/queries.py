"""Reads of progress for pages and commands, each in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from academy.accounts.models import Person
from academy.courses.models import Activity, Attempt, Course, Enrolment, Launch, Package
from academy.courses.packages import outline
from academy.courses.runtime import leaves as package_leaves
from academy.db import db
from academy.progress import completion, rows
from academy.progress.completion import CourseState, Leaf, Rule, Standing
from academy.progress.projection import COMPLETED, LeafState

NOTHING = Standing()


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


@dataclass(frozen=True)
class Learning:
    """A seat in a course and how far the learner is; an overview has no parts."""

    enrolment: Enrolment
    course: Course
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
        if self.is_completed:
            return 1.0
        return self.state.done / self.state.leaves if self.state.leaves else 0.0


def status_of(state: CourseState) -> str:
    """Return the status of a course in the words of the badge component."""
    if state.completion == COMPLETED:
        return "completed"
    return "in-progress" if state.started else "not-started"


def learning_of(person: Person) -> list[Learning]:
    """Return all seats of a person: those in use, the latest first, then those not begun."""
    seats = db.session.scalars(
        sa.select(Enrolment)
        .join(Enrolment.course)
        .options(contains_eager(Enrolment.course))
        .where(Enrolment.person_id == person.id, Enrolment.withdrawn.is_(None))
    ).all()
    connection = db.session.connection()
    standings = rows.standings(connection, [seat.registration for seat in seats])
    rules = rows.rules(connection, [seat.course_id for seat in seats])
    found = [
        _overview(seat, standings.get(seat.registration, NOTHING), _latest(rules.get(seat.course_id)))
        for seat in seats
    ]
    return sorted(found, key=_last_use, reverse=True)


def learning(enrolment: Enrolment) -> Learning:
    """Return one seat with all parts of the course."""
    connection = db.session.connection()
    standing = rows.standings(connection, [enrolment.registration]).get(enrolment.registration, NOTHING)
    rule = _latest(rows.rules(connection, [enrolment.course_id]).get(enrolment.course_id))
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
    overview = _overview(enrolment, standing, rule, locked=locked)
    return Learning(enrolment, enrolment.course, overview.state, overview.next_part, parts)


def titles(activities: Iterable[UUID | None]) -> Mapping[UUID, Mapping[str, str]]:
    """Return the titles of activities by public id."""
    found = db.session.execute(
        sa.select(Activity.public_id, Activity.title).where(
            Activity.public_id.in_([one for one in activities if one is not None])
        )
    )
    return {row.public_id: row.title for row in found}


def statuses_of(person: Person) -> dict[int, Learning]:
    """Return a person's seats by course, for badges on cards; without the next parts."""
    found = db.session.execute(
        sa.select(Enrolment, *(rows.course_table.c[name] for name in rows.COURSE_FIELDS))
        .outerjoin(rows.course_table, rows.course_table.c.registration == Enrolment.registration)
        .options(joinedload(Enrolment.course))
        .where(Enrolment.person_id == person.id, Enrolment.withdrawn.is_(None))
    )
    return {
        row[0].course_id: Learning(
            row[0], row[0].course, CourseState(*row[1:]) if row[1] is not None else CourseState(), None
        )
        for row in found
    }


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


def _last_use(one: Learning) -> tuple[bool, datetime]:
    return one.state.last is not None, one.state.last or one.enrolment.enrolled


def _latest(rules: Sequence[Rule] | None) -> Rule:
    return rules[-1] if rules else Rule(0, 0, ())


def _overview(
    seat: Enrolment, standing: Standing, rule: Rule, *, locked: frozenset[UUID] = frozenset()
) -> Learning:
    """Measure a standing by the newest release, which the learner may not have met yet."""
    state = completion.evaluate(standing.course, standing.leaves, rule)
    return Learning(seat, seat.course, state, _next(rule, standing.leaves, locked))


def _next(rule: Rule, states: Mapping[UUID, LeafState], locked: frozenset[UUID]) -> UUID | None:
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
