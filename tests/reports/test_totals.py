"""Totals of everybody, counted table by table, against those that join participation by participation."""

from datetime import date
from typing import Any

from flask import Flask

from academy import clock
from academy.certificates.models import Certificate
from academy.courses.models import Enrolment
from academy.db import db
from academy.progress.models import CourseProgress
from academy.reports import queries
from academy.reports.filters import Filters
from tests.factories import accounts, courses

LONG_AGO = Filters(since=date(2000, 1, 1))  # leaves nobody out, but is not "everything"


def seat(course: Any, completion: str | None = None, *, certificate: str | None = None) -> Enrolment:
    """Enrol somebody new who came so far, with a certificate of a status."""
    made = courses.enrolment(course, person=accounts.person(), enrolled=clock.now())
    if completion:
        progress = {"started": clock.now(), "leaves": 1, "completion": completion}
        db.session.add(CourseProgress(registration=made.registration, course_id=course.id, **progress))
    if certificate:
        db.session.add(
            Certificate(
                serial=f"S{made.id}",
                registration=made.registration,
                person_id=made.person_id,
                course_id=course.id,
                facts={},
                pdf_sha256="0" * 64,
                status=certificate,
            )
        )
    db.session.flush()
    return made


def test_totals_of_everybody_are_those_of_the_participations(app: Flask) -> None:
    busy, quiet = courses.course(code="BUSY"), courses.course(code="QUIET")
    courses.course(code="EMPTY")
    seat(busy, "completed", certificate="valid")
    seat(busy, "completed", certificate="revoked")
    seat(busy, "incomplete")
    seat(busy)
    seat(busy, "completed", certificate="valid").withdrawn = clock.now()
    seat(quiet, "completed", certificate="valid").withdrawn = clock.now()
    seat(quiet)
    erased = seat(busy, "completed", certificate="valid")
    erased.person.erased = True
    viewer = accounts.person(roles=("secretariat",))
    db.session.commit()

    def seen(filters: Filters) -> tuple[Any, ...]:
        found = queries.matrix(viewer, filters, page=1, size=25, language="en")
        by_course = [(one.code, one.started, one.completed) for one in found.courses]
        return by_course, found.person_count, found.erased_count, found.participations, found.certificates

    assert seen(Filters()) == seen(LONG_AGO)
    assert seen(Filters()) == ([("BUSY", 4, 3), ("QUIET", 0, 0)], 6, 1, 6, 2)
