"""Figures of reports, within the scope of the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from academy.accounts import scope
from academy.accounts.models import Organisation, Person, State
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.progress.models import CourseProgress
from academy.reports import conditions, totals
from academy.reports.filters import Filters


class Cell(NamedTuple):
    """One participation: status, score (0 to 1), share of activities done, time, whether certified."""

    status: str
    score: float | None
    share: float
    time_ms: int
    certified: bool


@dataclass(frozen=True)
class PersonRow:
    """One person of the matrix, with a cell for each course, or None where not enrolled."""

    name: str
    other_name: str
    cells: list[Cell | None]
    certificates: int


@dataclass(frozen=True)
class CourseTotal:
    """How many started a course and how many of those completed it."""

    code: str
    title: dict[str, str]
    started: int
    completed: int


@dataclass(frozen=True)
class Matrix:
    """A page of people by courses, and the totals of all that the filters let through."""

    courses: list[CourseTotal]
    people: list[PersonRow]
    person_count: int
    erased_count: int  # of these: people whose data was erased, who are counted and not listed
    participations: int
    certificates: int
    footnote: bool

    @property
    def listed_count(self) -> int:
        """Return how many people the pages list."""
        return self.person_count - self.erased_count


def courses(viewer: Person) -> Sequence[Any]:
    """Return (code, title) of the courses in which people within the scope are enrolled."""
    seen = (
        sa.select(sa.literal(1))
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.course_id == Course.id, scope.people_filter(viewer))
        .correlate(Course)
    )
    query = sa.select(Course.code, Course.title).where(seen.exists()).order_by(Course.code)
    return db.session.execute(query).all()


def matrix(viewer: Person, filters: Filters, *, page: int, size: int, language: str) -> Matrix:
    """Return a page of the matrix of people by courses, in four queries however much it lists."""
    sums = _totals(viewer, filters)
    person_count, erased_count, footnote = _people_totals(viewer, filters)
    people = _people(viewer, filters, page=page, size=size, language=language)
    cells = _cells(filters, [person.id for person in people])
    rows = [_row(person, [cells.get((person.id, total.id)) for total in sums], language) for person in people]
    return Matrix(
        courses=[CourseTotal(total.code, total.title, total.started, total.completed) for total in sums],
        people=rows,
        person_count=person_count,
        erased_count=erased_count,
        participations=sum(total.all for total in sums),
        certificates=sum(total.certified for total in sums),
        footnote=footnote,
    )


def scope_names(viewer: Person) -> list[dict[str, str]]:
    """Return the names of what the viewer's roles cover, states and organisations; empty for all states."""
    if scope.sees_everybody(viewer):
        return []
    states = sa.select(State.name).where(
        State.code.in_([grant.state_code for grant in viewer.grants if grant.state_code])
    )
    units = sa.select(Organisation.name).where(
        Organisation.id.in_([grant.organisation_id for grant in viewer.grants if grant.organisation_id])
    )
    return list(db.session.scalars(states)) + list(db.session.scalars(units))


def _joined(viewer: Person, filters: Filters, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(CourseProgress, conditions.PROGRESS)
        .where(
            scope.people_filter(viewer),
            *conditions.of_participations(filters),
            *conditions.of_people(filters),
        )
    )


def _totals(viewer: Person, filters: Filters) -> Sequence[Any]:
    query = _totals_of_all() if _is_everything(viewer, filters) else _with_courses(_sums(viewer, filters))
    return db.session.execute(query).all()


def _is_everything(viewer: Person, filters: Filters) -> bool:
    """Say whether nothing is left out: then the statements are always the same, and are put together once."""
    return scope.sees_everybody(viewer) and filters == Filters()


@cache
def _totals_of_all() -> sa.Select[Any]:
    return _with_courses(totals.of_all())


def _with_courses(counted: sa.Select[Any]) -> sa.Select[Any]:
    sums = counted.subquery()
    query = sa.select(
        Course.id, Course.code, Course.title, sums.c.all, sums.c.started, sums.c.completed, sums.c.certified
    )
    return query.join(sums, sums.c.id == Course.id).order_by(Course.code)


def _sums(viewer: Person, filters: Filters) -> sa.Select[Any]:
    return (
        _joined(
            viewer,
            filters,
            Course.id.label("id"),
            sa.func.count().label("all"),
            sa.func.count(CourseProgress.started).label("started"),
            sa.func.sum(totals.COMPLETED).label("completed"),
            sa.func.count(Certificate.id).label("certified"),
        )
        .outerjoin(Certificate, conditions.CERTIFIED)
        .group_by(Course.id)
    )


def _people_totals(viewer: Person, filters: Filters) -> tuple[int, int, bool]:
    """Count people, those erased among them, and say whether a state with a footnote is among theirs."""
    if _is_everything(viewer, filters):
        query = _count_of_everybody()
    else:
        query = _counted(scope.people_filter(viewer), conditions.takes(filters))
    count, erased, marked = db.session.execute(query).one()
    return int(count or 0), int(erased or 0), bool(marked)


@cache
def _count_of_everybody() -> sa.Select[Any]:
    return _counted(conditions.takes(Filters()))


def _counted(*which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    groups = (
        sa.select(Person.state_code, Person.erased, sa.func.count().label("count"))
        .where(*which)
        .group_by(Person.state_code, Person.erased)
        .subquery()
    )
    return sa.select(
        sa.func.sum(groups.c.count),
        sa.func.sum(sa.case((groups.c.erased, groups.c.count), else_=0)),
        sa.func.max(sa.case((State.footnote, 1), else_=0)),
    ).outerjoin_from(groups, State, State.code == groups.c.state_code)


def _people(viewer: Person, filters: Filters, *, page: int, size: int, language: str) -> Sequence[Any]:
    order = Person.sort_cyrillic if language == "ru" else Person.sort_latin
    query = sa.select(Person.id, Person.name_latin, Person.name_cyrillic).where(
        scope.people_filter(viewer), conditions.takes(filters), Person.erased.is_(False)
    )
    return db.session.execute(query.order_by(order, Person.id).offset((page - 1) * size).limit(size)).all()


def _cells(filters: Filters, person_ids: list[int]) -> dict[tuple[int, int], Cell]:
    query = (
        sa.select(
            Enrolment.person_id,
            Enrolment.course_id,
            conditions.STATUS,
            CourseProgress.score_scaled,
            CourseProgress.done,
            CourseProgress.leaves,
            CourseProgress.time_ms,
            Certificate.id,
        )
        .outerjoin(CourseProgress, conditions.PROGRESS)
        .outerjoin(Certificate, conditions.CERTIFIED)
        .where(Enrolment.person_id.in_(person_ids), *conditions.of_participations(filters))
    )
    return {
        (person, course): Cell(
            status, score, done / leaves if leaves else 0.0, time_ms or 0, certificate is not None
        )
        for person, course, status, score, done, leaves, time_ms, certificate in db.session.execute(query)
    }


def _row(person: Any, cells: list[Cell | None], language: str) -> PersonRow:
    return PersonRow(
        name=_name(person, language),
        other_name=_name(person, "en" if language == "ru" else "ru"),
        cells=cells,
        certificates=sum(cell.certified for cell in cells if cell),
    )


def _name(person: Any, language: str) -> str:
    return (person.name_cyrillic if language == "ru" else person.name_latin) or ""
