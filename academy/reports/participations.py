"""Participations for files: person by person, in the order of names, however many there are."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from academy.accounts import scope
from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.progress.models import CourseProgress
from academy.reports import conditions
from academy.reports.filters import Filters
from academy.reports.minutes import minute_of

#: People read at a time: memory holds the participations of so many.
BATCH = 1000

_COURSES = sa.select(Course.id).order_by(Course.code)


class Someone(NamedTuple):
    """A person of the report."""

    id: int
    name_latin: str
    name_cyrillic: str | None
    email: str
    state: str | None
    organisation: int | None  # only once it is confirmed


class Participation(NamedTuple):
    """What a person does in a course; moments are texts that begin with their minute in UTC."""

    person: int
    course: int
    status: str
    success: str | None
    score: float | None
    time_ms: int | None
    enrolled: str
    started: str | None
    completed: str | None
    certificate: str | None


def by_batch(viewer: Person, filters: Filters) -> Iterator[list[tuple[Any, list[Any]]]]:
    """Yield, some people at a time, each person with their participations by course code.

    They are tuples with the fields of `Someone` and of `Participation`.
    """
    wanted = (
        sa.select(
            Person.id,
            Person.name_latin,
            Person.name_cyrillic,
            Person.email,
            Person.state_code,
            sa.case((Person.organisation_confirmed.is_not(None), Person.organisation_id)),
        )
        .where(scope.people_filter(viewer), conditions.takes(filters), Person.erased.is_(False))
        .order_by(Person.sort_latin, Person.id)
    )
    connection, taken = db.session.connection(), _taken(filters)
    places = {course: place for place, course in enumerate(connection.scalars(_COURSES))}
    for some in connection.execute(wanted, execution_options={"yield_per": BATCH}).partitions():
        rows = _as_they_come(connection, taken, {"people": [person[0] for person in some]})
        by_person = _by_person(rows, places)
        yield [(person, by_person[person[0]]) for person in some]


def _taken(filters: Filters) -> sa.Executable:
    """Return the statement for the participations of people; who they are comes with the question."""
    return (
        sa.select(
            Enrolment.person_id,
            Enrolment.course_id,
            conditions.STATUS,
            CourseProgress.success,
            CourseProgress.score_scaled,
            CourseProgress.time_ms,
            minute_of(Enrolment.enrolled),
            minute_of(CourseProgress.started),
            minute_of(CourseProgress.completed),
            Certificate.serial,
        )
        .outerjoin(CourseProgress, conditions.PROGRESS)
        .outerjoin(Certificate, conditions.CERTIFIED)
        .where(
            Enrolment.person_id.in_(sa.bindparam("people", expanding=True)),
            *conditions.of_participations(filters),
        )
    )


def _as_they_come(connection: sa.Connection, query: sa.Executable, values: dict[str, Any]) -> list[Any]:
    """Return rows as the driver gives them: an object for each costs as much again as to read it."""
    with connection.execute(query, values) as found:
        return list(found.cursor.fetchall())


def _by_person(rows: list[Any], places: dict[int, int]) -> defaultdict[int, list[Any]]:
    """Return participations by person, in the order of courses."""
    rows.sort(key=lambda row: places[row[1]])
    taken: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        taken[row[0]].append(row)
    return taken
