"""Certificates for tests, issued as the Academy issues them."""

from typing import Any

from academy.certificates import services
from academy.certificates.facts import Facts
from academy.certificates.models import Certificate
from academy.courses.models import Enrolment
from tests.factories import courses, progress


def completed_enrolment(**overrides: Any) -> Enrolment:
    """Make the seat of a person who has completed a course; `person` and columns of the course."""
    person = overrides.pop("person", None)
    made = courses.published_course_with_sco(**overrides)
    seat = courses.enrolment(made.course, person=person)
    progress.finish(seat, made.leaf)
    return seat


def certificate(**overrides: Any) -> Certificate:
    """Issue the certificate of a newly completed course."""
    return services.issue(completed_enrolment(**overrides).registration)


def facts(**overrides: Any) -> Facts:
    """Make facts without a database."""
    values: dict[str, Any] = {
        "serial": "PPTA-2026-000123-7Y",
        "language": "en",
        "name_latin": "Elena Russu",
        "name_cyrillic": "Елена Руссу",
        "course_code": "COURSE-1",
        "course_title": {"en": "Return counselling", "ru": "Консультирование"},
        "course_version": 2,
        "hours": 3.0,
        "completed": "2026-03-12T22:30:00.000000Z",
        "issued": "2026-03-12T22:30:05.000000Z",
        "time_zone": "Europe/Chisinau",
        "success": "passed",
    }
    return Facts(**values | overrides)
