"""Who is reading, and which course they may see or change."""

from typing import cast

from flask_login import current_user

from academy.accounts.models import Person
from academy.courses import rules
from academy.courses.models import Course, Enrolment
from academy.courses.queries import contents
from academy.courses.queries.contents import Contents, Opened
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
    found = _visible(code)
    return found.course, found.seat


def visible_contents(code: str) -> tuple[Course, Enrolment | None, Contents]:
    """Return the same, and what the course consists of."""
    found = _visible(code)
    return found.course, found.seat, contents.contents_of(found)


def taught_course(code: str) -> Course:
    """Return a course that the reader may change; raises NotFound for a hidden one, else NotAllowed."""
    course, _seat = visible_course(code)
    if not rules.can_edit(reader(), course):
        raise NotAllowed
    return course


def _visible(code: str) -> Opened:
    found = contents.opened(code, by=reader())
    if not rules.can_see(reader(), found.course, enrolled=found.seat is not None):
        raise NotFound
    return found
