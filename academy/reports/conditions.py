"""Which participations and people a report is about: the scope of its reader first, then the filters."""

import sqlalchemy as sa

from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.progress.models import CourseProgress
from academy.reports.filters import Filters

Condition = sa.ColumnElement[bool]

STATUS = sa.case(
    (CourseProgress.completion == "completed", "completed"),
    (CourseProgress.success == "failed", "failed"),
    (CourseProgress.completion == "incomplete", "in-progress"),
    else_="not-started",
)

PROGRESS = CourseProgress.registration == Enrolment.registration
CERTIFIED = sa.and_(
    Certificate.course_id == Enrolment.course_id,  # as the index begins
    Certificate.status == "valid",
    Certificate.registration == Enrolment.registration,
)


def of_participations(filters: Filters) -> list[Condition]:
    """Return what a participation has to meet; `PROGRESS` is joined."""
    moment = CourseProgress.completed if filters.period == "completed" else Enrolment.enrolled
    found: list[Condition] = [Enrolment.withdrawn.is_(None)]
    if filters.course:
        found.append(Enrolment.course_id.in_(sa.select(Course.id).where(Course.code == filters.course)))
    if filters.status:
        found.append(STATUS.in_([filters.status]))
    if filters.begins:
        found.append(moment >= filters.begins)
    if filters.ends:
        found.append(moment < filters.ends)
    if filters.period == "completed" and (filters.begins or filters.ends):
        found.append(CourseProgress.completion == "completed")
    return found


def of_people(filters: Filters) -> list[Condition]:
    """Return what a person has to meet, whatever they take part in; nobody finds who was erased."""
    if not filters.text:
        return []
    columns = (Person.name_latin, Person.name_cyrillic, Person.email)
    named = sa.or_(*(column.icontains(filters.text, autoescape=True) for column in columns))
    return [Person.erased.is_(False), named]


def takes(filters: Filters) -> Condition:
    """Say of a person whether they, and any of their participations, pass the filters."""
    taken = sa.select(sa.literal(1)).select_from(Enrolment).where(Enrolment.person_id == Person.id)
    if filters.narrow:
        taken = taken.outerjoin(CourseProgress, PROGRESS)
    exists = taken.where(*of_participations(filters)).correlate(Person).exists()
    return sa.and_(exists, *of_people(filters))
