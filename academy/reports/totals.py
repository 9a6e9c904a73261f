"""Totals of all courses and all people, each table counted by itself.

To join the tables participation by participation costs twenty times as much, to group them twice as much.
What is most of a table is counted as the whole less the rest: a database counts whole tables fastest.
"""

from typing import Any

import sqlalchemy as sa

from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.progress.models import CourseProgress

Count = sa.ColumnElement[int]

HAS_STARTED = CourseProgress.started.is_not(None)
HAS_COMPLETED = CourseProgress.completion == "completed"
IS_VALID = Certificate.status == "valid"
#: Written out, so that the index of the few is seen to fit.
IS_NOT_VALID: sa.ColumnElement[bool] = sa.literal_column("certificate.status <> 'valid'")


def of_courses() -> sa.Executable:
    """Return each course: id, code, title, whether it has a seat, started and completed of its seats.

    And what was given up in it: the seats, and the valid certificates of those.
    """
    return sa.select(
        Course.id,
        Course.code,
        Course.title,
        _seats(sa.literal(1), Enrolment.withdrawn.is_(None)).exists().label("taken"),
        _of_seats_kept(HAS_STARTED).label("started"),
        _of_seats_kept(HAS_COMPLETED).label("completed"),
        _given_up().label("given_up"),
        _given_up(Certificate, IS_VALID).label("certificates_given_up"),
    ).order_by(Course.code)


def of_tables() -> sa.Executable:
    """Return, as one row, all participations and all valid certificates, those given up among them."""
    return sa.select(_count(Enrolment), _count(Certificate) - _count(Certificate, IS_NOT_VALID))


def _of_seats_kept(which: sa.ColumnElement[bool]) -> Count:
    """Count a course's progress, less that of seats that were given up, for these are few."""
    of_course = CourseProgress.course_id == Course.id
    counted = sa.select(sa.func.count()).select_from(CourseProgress).where(of_course, which)
    return counted.correlate(Course).scalar_subquery() - _given_up(CourseProgress, which)


def _given_up(table: Any = None, *which: sa.ColumnElement[bool]) -> Count:
    """Count seats of a course that were given up, or what stands for them in a table."""
    seats = _seats(sa.func.count(), Enrolment.withdrawn.is_not(None), *which)
    if table is not None:
        seats = seats.join(table, table.registration == Enrolment.registration)
    return seats.scalar_subquery()


def _seats(what: Count, *which: sa.ColumnElement[bool]) -> sa.Select[int]:
    of_course = Enrolment.course_id == Course.id
    return sa.select(what).select_from(Enrolment).where(of_course, *which).correlate(Course)


def _count(table: Any, *which: sa.ColumnElement[bool]) -> Count:
    return sa.select(sa.func.count()).select_from(table).where(*which).scalar_subquery()
