"""Reads of courses, by use: the catalogue, one course and its parts, releases, seats, the trainer's desk."""

from academy.courses.queries.contents import by_section
from academy.courses.queries.plan import missing_texts, plan
from academy.courses.queries.releases import (
    current_leaves,
    has_unreleased_changes,
    latest_release,
    leaves,
    release_in_force,
)
from academy.courses.queries.seats import enrolment_of, open_launches, people_count, seats_taken
from academy.courses.queries.structure import (
    activity_of_course,
    block_of_course,
    content_of,
    course_by_code,
    is_code_taken,
    section_of_course,
    upload_of_course,
)
from academy.courses.queries.teaching import courses_of

__all__ = [
    "activity_of_course",
    "block_of_course",
    "by_section",
    "content_of",
    "course_by_code",
    "courses_of",
    "current_leaves",
    "enrolment_of",
    "has_unreleased_changes",
    "is_code_taken",
    "latest_release",
    "leaves",
    "missing_texts",
    "open_launches",
    "people_count",
    "plan",
    "release_in_force",
    "seats_taken",
    "section_of_course",
    "upload_of_course",
]
