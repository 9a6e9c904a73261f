"""Seats: who has one in a course, and how many do."""

import sqlalchemy as sa

from academy.accounts.models import Person
from academy.courses.models import Course, Enrolment, Launch
from academy.db import db


def enrolment_of(course: Course, person: Person | None) -> Enrolment | None:
    """Return the seat that a person has in a course now; a withdrawn one is none."""
    if person is None:
        return None
    return db.session.scalar(
        sa.select(Enrolment).where(
            Enrolment.course_id == course.id,
            Enrolment.person_id == person.id,
            Enrolment.withdrawn.is_(None),
        )
    )


def people_count(course: Course) -> int:
    """Count the people who have a seat in the course now."""
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(Enrolment.course_id == course.id, Enrolment.withdrawn.is_(None))
        )
        or 0
    )


def seats_taken() -> int:
    """Count the seats that people have in all courses."""
    taken = sa.select(sa.func.count()).select_from(Enrolment).where(Enrolment.withdrawn.is_(None))
    return db.session.scalar(taken) or 0


def open_launches() -> int:
    """Count the content that is open in a browser."""
    is_open = sa.and_(Launch.closed.is_(None), Launch.superseded.is_(None))
    return db.session.scalar(sa.select(sa.func.count()).select_from(Launch).where(is_open)) or 0
