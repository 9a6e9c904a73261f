"""The trainer's desk: the courses that a person may change, with how many people learn in them."""

from dataclasses import dataclass

import sqlalchemy as sa

from academy.accounts.models import Person, Role
from academy.courses.models import Course, Enrolment
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
