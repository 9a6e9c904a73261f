"""What courses adds to the desk of trainers."""

from flask import g, render_template
from flask_login import current_user

from academy.accounts.models import Person
from academy.courses.queries import teaching


def waiting_count() -> int:
    """Return how many courses of the signed-in trainer wait to be published."""
    return len(_unpublished(current_user)) if current_user.is_authenticated else 0


def waiting(*, person: Person, **context: object) -> str:
    """List courses with contents that no learner gets yet."""
    found = _unpublished(person)
    return render_template("courses/desk-waiting.html", unpublished=found) if found else ""


def acts(*, person: Person, **context: object) -> str:
    """Offer trainers to begin a course."""
    return render_template("courses/desk-acts.html") if "trainer" in person.roles else ""


def _unpublished(person: Person) -> list[teaching.Unpublished]:
    if "unpublished_courses" not in g:
        g.unpublished_courses = teaching.unpublished_of(person)
    found: list[teaching.Unpublished] = g.unpublished_courses
    return found
