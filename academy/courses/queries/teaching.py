"""The trainer's desk: the courses that a person may change, with how many people learn in them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from academy.accounts.models import Person, Role
from academy.courses.models import Activity, Course, Enrolment, Package, PackageVersion, Release
from academy.db import db


@dataclass(frozen=True)
class Taught:
    """A course and the number of people who have a seat in it."""

    course: Course
    people: int


def courses_of(person: Person) -> list[Taught]:
    """Return the person's own courses, newest first; an administrator sees those of all."""
    people = (
        sa.select(sa.func.count(Enrolment.id))
        .where(Enrolment.course_id == Course.id, Enrolment.withdrawn.is_(None))
        .correlate(Course)
        .scalar_subquery()
    )
    wanted = sa.select(Course, people).order_by(Course.created.desc(), Course.id.desc())
    if Role.ADMINISTRATOR not in person.roles:
        wanted = wanted.where(Course.author_id == person.id)
    return [Taught(course, count) for course, count in db.session.execute(wanted)]


@dataclass(frozen=True)
class Unpublished:
    """A course whose contents are newer than what its learners are asked for; `released` is None before."""

    course: Course
    changed: datetime
    released: datetime | None


def unpublished_of(person: Person) -> list[Unpublished]:
    """Return the trainer's own courses with contents that wait to be published, newest change first."""
    if Role.TRAINER not in person.roles:
        return []
    changed = (
        sa.select(sa.func.max(PackageVersion.imported))
        .join(Package, Package.current_id == PackageVersion.id)
        .join(Activity, Activity.id == Package.activity_id)
        .where(Activity.course_id == Course.id, Activity.removed.is_(False))
        .correlate(Course)
        .scalar_subquery()
    )
    released = (
        sa.select(sa.func.max(Release.made))
        .where(Release.course_id == Course.id)
        .correlate(Course)
        .scalar_subquery()
    )
    found = sa.select(Course, changed.label("changed"), released.label("released")).where(
        Course.author_id == person.id,
        Course.status.in_(["draft", "published"]),
        sa.or_(changed > released, sa.and_(changed.is_not(None), released.is_(None))),
    )
    return [Unpublished(*row) for row in db.session.execute(found.order_by(changed.desc(), Course.id))]
