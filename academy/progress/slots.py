"""What progress adds to pages of other rooms."""

from collections.abc import Mapping

from flask import current_app, g
from flask_login import current_user

from academy.courses.models import Course, Enrolment
from academy.courses.queries.catalogue import Listing
from academy.courses.queries.contents import Contents
from academy.locale import percent
from academy.progress import queries
from academy.progress.completion import CourseState
from academy.templating import drawn


def card(*, course: Course | Listing, **context: object) -> str:
    """Show the reader's own status on a catalogue card; all cards of a page share one query."""
    state = _own_states().get(course.id)
    if state is None:
        return ""
    status = queries.status_of(state)
    has_share = status == "in-progress" and state.done
    return drawn(
        "progress/card.html", code=status, share=percent(queries.share_of(state)) if has_share else ""
    )


def _own_states() -> Mapping[int, CourseState]:
    """Return the states of the reader's seats by course; none for guests."""
    try:
        found: Mapping[int, CourseState] = g.progress_states
    except AttributeError:
        found = queries.states_of(current_user) if current_user.is_authenticated else {}
        g.progress_states = found
    return found


def action(*, course: Course, enrolment: Enrolment | None, contents: Contents, **context: object) -> str:
    """Offer to start or go on with a course that the reader is in."""
    if enrolment is None:
        return ""
    learning = queries.learning(enrolment, contents)
    template = current_app.jinja_env.get_template("progress/action.html")  # it needs nothing of a whole page
    return template.render(learning=learning, course=course)
