"""How courses and seats are named in the audit record."""

from collections.abc import Mapping

from academy import audit
from academy.courses.models import Course, Enrolment
from academy.locale import translated


def course(course: Course, *, part: Mapping[str, str] | None = None) -> audit.Target:
    """Name a course by code and title; `part` is the title of the section or activity that is meant."""
    label = f"{course.code} {translated(course.title, 'en')}"
    return audit.Target(course.public_id, f"{label}: {translated(part, 'en')}" if part else label)


def seat(enrolment: Enrolment) -> audit.Target:
    """Name a seat by the code of its course and the person who has it."""
    person = enrolment.person
    return audit.Target(
        enrolment.registration, f"{enrolment.course.code}, {person.name_latin}", person.public_id
    )
