"""What a person may do with a course."""

from academy.accounts.models import Person, Role
from academy.courses.models import Course


def can_edit(person: Person | None, course: Course) -> bool:
    """Say whether the person may change the course: its author, while a trainer, or an administrator."""
    if person is None:
        return False
    is_author = Role.TRAINER in person.roles and course.author_id == person.id
    return is_author or Role.ADMINISTRATOR in person.roles


def can_see(person: Person | None, course: Course, *, enrolled: bool = False) -> bool:
    """Say whether the course exists for the person: published, or one's own, or one with a seat in it."""
    return (
        course.status == "published" or (enrolled and course.status == "archived") or can_edit(person, course)
    )


def is_open(course: Course) -> bool:
    """Say whether people may take a seat in the course now."""
    return course.status == "published"
