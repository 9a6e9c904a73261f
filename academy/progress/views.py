"""My learning, and the home of one course."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from academy.courses.queries import by_section, catalogue
from academy.courses.views.catalogue import cover_url
from academy.courses.views.reader import visible_contents
from academy.progress import overview, queries
from academy.security import access

SUGGESTED = 3

blueprint = Blueprint("progress", __name__, template_folder="templates")


@blueprint.get("/learn")
@access.signed_in
def learn() -> str:
    """Show where to go on, and all courses of the person."""
    seats = overview.learning_of(current_user)
    current = [one for one in seats if not one.is_completed]
    done = [one for one in seats if one.is_completed]
    shows_done = request.args.get("show") == "completed"
    first = next(iter(current), None)
    return render_template(
        "progress/learn.html",
        current=current,
        done=done,
        shows_done=shows_done,
        shown=done if shows_done else current,
        first=first,
        titles=queries.titles([first.next_part]) if first else {},
        cover_url=cover_url,
        suggested=[] if seats else catalogue.catalogue(catalogue.Filters()).entries[:SUGGESTED],
    )


@blueprint.get("/learn/<code>")
@access.signed_in
def course_home(code: str) -> str | Response:
    """Show what remains of a course; somebody without a seat in it is sent to its public page."""
    course, enrolment, contents = visible_contents(code)
    if enrolment is None:
        return redirect(url_for("courses.course", code=code), 302)
    learning = queries.learning(enrolment, contents)
    languages = contents.languages
    return render_template(
        "progress/course-home.html",
        course=course,
        learning=learning,
        sections=by_section(learning.parts, part=lambda one: one.activity),
        languages=languages,
        chosen=queries.language_taken(enrolment) if len(languages) > 1 else None,
    )
