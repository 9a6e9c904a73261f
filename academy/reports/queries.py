"""Figures of reports, within the scope of the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from academy.accounts import scope
from academy.accounts.models import Organisation, Person, State
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.locale import translated
from academy.progress.models import CourseProgress
from academy.reports import conditions, totals
from academy.reports.filters import Filters


class Cell(NamedTuple):
    """One participation: status, score (0 to 1), share of activities done, milliseconds, certified or not."""

    status: str
    score: float | None = None
    share: float | None = None
    time: int | None = None
    certified: bool = False


NOT_ENROLLED = Cell("not-enrolled")


@dataclass(frozen=True)
class PersonRow:
    """One person of the matrix, with a cell for each course."""

    name: str
    other_name: str
    cells: list[Cell]
    certificates: int


class CourseName(NamedTuple):
    """What a course is called."""

    code: str
    title: str


class CourseTotal(NamedTuple):
    """How many started a course and how many of those completed it."""

    code: str
    title: str
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


def courses(viewer: Person, *, language: str) -> list[CourseName]:
    """Return the courses in which people within the scope are enrolled."""
    seen = (
        sa.select(sa.literal(1))
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.course_id == Course.id, Enrolment.withdrawn.is_(None), scope.people_filter(viewer))
        .correlate(Course)
    )
    query = sa.select(Course.code, Course.title).where(seen.exists()).order_by(Course.code)
    return [CourseName(code, translated(title, language)) for code, title in _rows(query)]


def matrix(viewer: Person, filters: Filters, *, page: int, size: int, language: str) -> Matrix:
    """Return a page of the matrix of people by courses, in five queries however much it lists."""
    sums, participations, certificates = _totals(viewer, filters)
    person_count, erased_count, footnote = _people_totals(viewer, filters)
    people = _people(viewer, filters, page=page, size=size, language=language)
    cells = _cells(filters, [person.id for person in people])
    places = [total.id for total in sums]
    return Matrix(
        courses=[
            CourseTotal(total.code, translated(total.title, language), total.started, total.completed)
            for total in sums
        ],
        people=[_person_row(person, cells.get(person.id, {}), places, language) for person in people],
        person_count=person_count,
        erased_count=erased_count,
        participations=participations,
        certificates=certificates,
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


def _rows(query: sa.Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """Return rows as they come: what lists show needs none of the ORM's loading."""
    return db.session.connection().execute(query, values).fetchall()


def _totals(viewer: Person, filters: Filters) -> tuple[Sequence[Any], int, int]:
    """Return the courses with any seat, how many started and completed each; all seats; all certificates."""
    if _is_everything(viewer, filters):
        sums, ((participations, certificates),) = _rows(_of_courses()), _rows(_of_tables())
        participations -= sum(total.given_up for total in sums)
        certificates -= sum(total.certificates_given_up for total in sums)
        return [total for total in sums if total.taken], participations, certificates
    sums = _rows(_totals_within(viewer, filters))
    return sums, sum(total.all for total in sums), sum(total.certified for total in sums)


def _is_everything(viewer: Person, filters: Filters) -> bool:
    """Say whether nothing is left out: then the statements are always the same, and are put together once."""
    return scope.sees_everybody(viewer) and not filters.narrow


@cache
def _of_courses() -> sa.Executable:
    return totals.of_courses()


@cache
def _of_tables() -> sa.Executable:
    return totals.of_tables()


def _totals_within(viewer: Person, filters: Filters) -> sa.Executable:
    return (
        sa.select(
            Course.id,
            Course.code,
            Course.title,
            sa.func.count().label("all"),
            sa.func.count(CourseProgress.started).label("started"),
            sa.func.sum(sa.case((totals.HAS_COMPLETED, 1), else_=0)).label("completed"),
            sa.func.count(Certificate.id).label("certified"),
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Course, Course.id == Enrolment.course_id)
        .outerjoin(CourseProgress, conditions.PROGRESS)
        .outerjoin(Certificate, conditions.CERTIFIED)
        .where(
            scope.people_filter(viewer),
            *conditions.of_participations(filters),
            *conditions.of_people(filters),
        )
        .group_by(Course.id)
        .order_by(Course.code)
    )


def _people_totals(viewer: Person, filters: Filters) -> tuple[int, int, bool]:
    """Count people, those erased among them, and say whether a state with a footnote is among theirs."""
    if _is_everything(viewer, filters):
        query = _count_of_everybody()
    else:
        query = _counted(scope.people_filter(viewer), conditions.takes(filters))
    ((count, erased, marked),) = _rows(query)
    return int(count or 0), int(erased or 0), bool(marked)


@cache
def _count_of_everybody() -> sa.Executable:
    return _counted(conditions.takes(Filters()))


def _counted(*which: sa.ColumnElement[bool]) -> sa.Executable:
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
    if _is_everything(viewer, filters):
        query = _everybody(language)
    else:
        query = _listed(language, scope.people_filter(viewer), conditions.takes(filters))
    return _rows(query, {"before": (page - 1) * size, "size": size})


@cache
def _everybody(language: str) -> sa.Executable:
    return _listed(language, conditions.takes(Filters()))


def _listed(language: str, *which: sa.ColumnElement[bool]) -> sa.Executable:
    order = Person.sort_cyrillic if language == "ru" else Person.sort_latin
    return (
        sa.select(Person.id, Person.name_latin, Person.name_cyrillic)
        .where(*which, Person.erased.is_(False))
        .order_by(order, Person.id)
        .offset(sa.bindparam("before"))
        .limit(sa.bindparam("size"))
    )


def _cells(filters: Filters, people: list[int]) -> dict[int, dict[int, Cell]]:
    """Return the cells of some people, by person and course."""
    found: dict[int, dict[int, Cell]] = {}
    rows = _rows(_participations(replace(filters, text="")), {"people": people})
    for person, course, status, score, done, leaves, time, certificate in rows:
        share = done / leaves if leaves else 0.0
        cell = Cell(status, score, share, time or None, certificate is not None)
        found.setdefault(person, {})[course] = cell
    return found


@lru_cache(maxsize=64)
def _participations(filters: Filters) -> sa.Executable:
    """Return the statement for the cells of people; who they are comes with the question."""
    return (
        sa.select(
            Enrolment.person_id,
            Enrolment.course_id,
            conditions.STATUS,
            CourseProgress.score_scaled,
            CourseProgress.done,
            CourseProgress.leaves,
            CourseProgress.time_ms,
            Certificate.serial,
        )
        .outerjoin(CourseProgress, conditions.PROGRESS)
        .outerjoin(Certificate, conditions.CERTIFIED)
        .where(
            Enrolment.person_id.in_(sa.bindparam("people", expanding=True)),
            *conditions.of_participations(filters),
        )
    )


def _person_row(person: Any, taken: Mapping[int, Cell], courses: list[int], language: str) -> PersonRow:
    name, other = person.name_latin or "", person.name_cyrillic or ""
    if language == "ru":
        name, other = other, name
    cells = [taken.get(course, NOT_ENROLLED) for course in courses]
    return PersonRow(name, other, cells, certificates=sum(cell.certified for cell in cells))
