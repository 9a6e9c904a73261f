"""Counts without names: of one's own people, of a trainer's courses, or of the whole Academy by region."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from academy import clock
from academy.accounts import scope
from academy.accounts.models import Person, Role, State
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.progress.models import CourseProgress

Which = sa.ColumnElement[bool]

STARTED = CourseProgress.started.is_not(None)
COMPLETED = CourseProgress.completion == "completed"
VALID = sa.and_(Certificate.registration == Enrolment.registration, Certificate.status == "valid")


@dataclass(frozen=True)
class Figures:
    """A year to date: individuals and participations apart, and those of the same days a year before."""

    since: datetime
    until: datetime
    people: int = 0
    participations: int = 0
    started: int = 0
    completed: int = 0
    certificates: int = 0
    people_before: int = 0


@dataclass(frozen=True)
class CourseFigures:
    """How far people are in one course."""

    course: Course
    people: int
    started: int
    completed: int


@dataclass(frozen=True)
class RegionFigures:
    """A year to date in one region; the region is empty for people without a confirmed state."""

    region: str
    people: int
    participations: int
    completed: int
    certificates: int


def of_scope(viewer: Person) -> Figures:
    """Return the figures of the people whom the viewer may see by name."""
    return _year_to_date(scope.people_filter(viewer))


def of_courses(trainer: Person) -> Figures:
    """Return the figures of the trainer's own courses."""
    return _year_to_date(_own(trainer))


def of_everybody() -> Figures:
    """Return the figures of the whole Academy; who shows them to others hides what is small."""
    return _year_to_date(sa.true())


def courses_of(trainer: Person, *, most: int) -> Sequence[CourseFigures]:
    """Return the trainer's courses with the most people, and how far these are."""
    people = sa.func.count(Enrolment.id)
    query = (
        sa.select(Course, people, _sum(STARTED), _sum(COMPLETED))
        .join(Enrolment, sa.and_(Enrolment.course_id == Course.id, Enrolment.withdrawn.is_(None)))
        .outerjoin(CourseProgress, CourseProgress.registration == Enrolment.registration)
        .where(_own(trainer))
        .group_by(Course.id)
        .order_by(people.desc(), Course.id)
        .limit(most)
    )
    return [CourseFigures(*row) for row in db.session.execute(query)]


def by_region() -> list[RegionFigures]:
    """Return the year to date of each region, the one with the most people first."""
    region = sa.case((Person.state_confirmed.is_not(None), State.region), else_="")
    since, _until, _before = _bounds()
    query = (
        sa.select(
            region,
            sa.func.count(sa.distinct(Enrolment.person_id)),
            sa.func.count(Enrolment.id),
            _sum(COMPLETED),
            sa.func.count(Certificate.id),
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(State, State.code == Person.state_code)
        .outerjoin(CourseProgress, CourseProgress.registration == Enrolment.registration)
        .outerjoin(Certificate, VALID)
        .where(Enrolment.withdrawn.is_(None), Enrolment.enrolled >= since)
        .group_by(region)
    )
    found = [RegionFigures(row[0] or "", *row[1:]) for row in db.session.execute(query)]
    return sorted(found, key=lambda one: (not one.region, -one.people, one.region))


def _own(trainer: Person) -> Which:
    if Role.TRAINER not in trainer.roles:
        return sa.false()
    return Course.author_id == trainer.id


def _year_to_date(which: Which) -> Figures:
    since, until, before = _bounds()
    now = Enrolment.enrolled >= since
    then = sa.and_(Enrolment.enrolled >= before[0], Enrolment.enrolled < before[1])
    row = db.session.execute(
        sa.select(
            _people(now),
            _sum(now),
            _sum(sa.and_(now, STARTED)),
            _sum(sa.and_(now, COMPLETED)),
            sa.func.count(Certificate.id),
            _people(then),
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(CourseProgress, CourseProgress.registration == Enrolment.registration)
        .outerjoin(Certificate, VALID)
        .where(which, Enrolment.withdrawn.is_(None))
    ).one()
    return Figures(since, until, *(count or 0 for count in row))


def _bounds() -> tuple[datetime, datetime, tuple[datetime, datetime]]:
    """Return the begin of the year and now, and the same days a year before; days are those of UTC."""
    now = clock.now()
    begins = datetime(now.year, 1, 1, tzinfo=UTC)
    before = datetime(now.year - 1, 1, 1, tzinfo=UTC)
    return begins, now, (before, before + (now - begins))


def _sum(condition: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _people(condition: Any) -> Any:
    return sa.func.count(sa.distinct(sa.case((condition, Enrolment.person_id))))
