"""Seats in courses."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import clock
from academy.accounts.models import Person
from academy.courses import rules
from academy.courses.models import Course, Enrolment
from academy.db import db, found_or_made
from academy.errors import Conflict


class NotOpen(Conflict):
    """Nobody takes a seat in a draft or an archived course."""

    message = _l("This course is not open for enrolment.")


def enrol(course: Course, *, person: Person) -> Enrolment:
    """Give the person a seat in the course.

    Enrolling twice changes nothing and returns the same seat; a withdrawn one is opened again, with its
    registration and all that was learnt under it. Raises NotOpen where the course is not published.
    """
    if not rules.is_open(course):
        raise NotOpen
    mine = sa.select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id)
    seat = found_or_made(
        lambda: db.session.scalar(mine), lambda: Enrolment(course_id=course.id, person_id=person.id)
    )
    if seat.withdrawn:
        seat.withdrawn, seat.enrolled = None, clock.now()
    db.session.flush()
    return seat


def withdraw(seat: Enrolment) -> None:
    """Give a seat back; what was learnt stays on record. Withdrawing twice changes nothing."""
    seat.withdrawn = seat.withdrawn or clock.now()
    db.session.flush()
