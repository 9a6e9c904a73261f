"""Taking and giving back a seat in a course."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from academy.courses import services
from academy.courses.views.blueprint import blueprint
from academy.courses.views.reader import member, reader, visible_course
from academy.errors import NotFound
from academy.security import access


@blueprint.post("/courses/<code>/enrol")
@access.public
def enrol(code: str) -> Response:
    """Give the reader a seat; somebody who is not signed in signs in first and comes back to the course."""
    course, _seat = visible_course(code)
    person = reader()
    if person is None:
        place = url_for("courses.course", code=code)
        return redirect(url_for("accounts.sign_in", next=place), 303)
    services.enrol(course, person=person)
    flash(_("Enrolled. You can start now."), "ok")
    return redirect(url_for("progress.course_home", code=code), 303)


@blueprint.post("/courses/<code>/withdraw")
@access.signed_in
def withdraw(code: str) -> Response:
    """Give the reader's seat back."""
    course, seat = visible_course(code)
    if seat is None or seat.person_id != member().id:
        raise NotFound
    services.withdraw(seat)
    flash(_("You have left the course. What you did in it is kept; enrol again to go on."), "ok")
    return redirect(url_for("courses.course", code=course.code), 303)
