"""What progress adds to pages of other rooms."""

from flask import current_app, g
from flask_login import current_user

from academy.courses.models import Course, Enrolment
from academy.courses.queries.catalogue import Listing
from academy.courses.queries.contents import Contents
from academy.locale import percent
from academy.progress import queries
from academy.templating import drawn


def card(*, course: Course | Listing, **context: object) -> str:
    """Show the reader's own status on a catalogue card; all cards of a page share one query."""
    if not current_user.is_authenticated:
        return ""
    if "progress_states" not in g:
        g.progress_states = queries.states_of(current_user)
    state = g.progress_states.get(course.id)
    if state is None:
        return ""
    status = queries.status_of(state)
    has_share = status == "in-progress" and state.done
    return drawn(
        "progress/card.html", code=status, share=percent(queries.share_of(state)) if has_share else ""
    )


def action(*, course: Course, enrolment: Enrolment | None, contents: Contents, **context: object) -> str:
    """Offer to start or go on with a course that the reader is in."""
    if enrolment is None:
        return ""
    learning = queries.learning(enrolment, contents)
    template = current_app.jinja_env.get_template("progress/action.html")  # it needs nothing of a whole page
    return template.render(learning=learning, course=course)
