"""Who is reading, and which course they may see or change."""

from typing import cast

from flask_login import current_user

from academy.accounts.models import Person
from academy.courses import rules
from academy.courses.models import Course, Enrolment
from academy.courses.queries import contents
from academy.courses.queries.contents import Asked, Contents
from academy.errors import NotAllowed, NotFound


def reader() -> Person | None:
    """Return the signed-in person, or None."""
    return cast(Person, current_user._get_current_object()) if current_user.is_authenticated else None


def member() -> Person:
    """Return the signed-in person of a route that asks for one; raises NotAllowed."""
    person = reader()
    if person is None:
        raise NotAllowed
    return person


def visible_course(code: str) -> tuple[Course, Enrolment | None]:
    """Return a course and the reader's seat in it; raises NotFound where the reader may not know of it."""
    course, seat, _release = _visible(code)
    return course, seat


def visible_contents(code: str) -> tuple[Course, Enrolment | None, Contents]:
    """Return the same, and what the course consists of."""
    course, seat, release = _visible(code)
    return course, seat, contents.contents_of(course, release)


def taught_course(code: str) -> Course:
    """Return a course that the reader may change; raises NotFound for a hidden one, else NotAllowed."""
    course, _seat = visible_course(code)
    if not rules.can_edit(reader(), course):
        raise NotAllowed
    return course


def _visible(code: str) -> tuple[Course, Enrolment | None, Asked | None]:
    course, seat, release = contents.found_by_code(code, reader())
    if not rules.can_see(reader(), course, enrolled=seat is not None):
        raise NotFound
    return course, seat, release
