"""What progress adds to pages of other rooms."""

from flask import g, render_template
from flask_login import current_user

from academy.courses.models import Course, Enrolment
from academy.progress import queries


def card(*, course: Course, **context: object) -> str:
    """Show the reader's own status on a catalogue card; all cards of a page share one query."""
    if not current_user.is_authenticated:
        return ""
    if "progress_statuses" not in g:
        g.progress_statuses = queries.statuses_of(current_user)
    learning = g.progress_statuses.get(course.id)
    return render_template("progress/card.html", learning=learning) if learning else ""


def action(*, course: Course, enrolment: Enrolment | None, **context: object) -> str:
    """Offer to start or go on with a course that the reader is in."""
    if enrolment is None:
        return ""
    return render_template("progress/action.html", learning=queries.learning(enrolment), course=course)
