"""Changing the parts of a course: sections and activities; every act comes back to the builder."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from academy.courses import queries, services
from academy.courses.forms import ActivityForm, TitleForm
from academy.courses.services.editing import Direction
from academy.courses.views.blueprint import blueprint, trainers
from academy.courses.views.reader import taught_course

SECTION = "/teach/courses/<code>/sections/<uuid:section>"
ACTIVITY = "/teach/courses/<code>/activities/<uuid:activity>"


@blueprint.post("/teach/courses/<code>/sections")
@trainers
def add_section(code: str) -> Response:
    """Add a section at the end."""
    course, form = taught_course(code), TitleForm(prefix="new-")
    if not form.validate_on_submit():
        return _back(code, fault=form)
    section = services.add_section(course, title=form.title)
    return _back(code, place=f"section-{section.public_id}")


@blueprint.post(SECTION)
@trainers
def rename_section(code: str, section: UUID) -> Response:
    """Give a section other titles."""
    found = queries.section_of_course(taught_course(code), section)
    form = TitleForm(prefix=f"s{found.id}-")
    if not form.validate_on_submit():
        return _back(code, fault=form)
    services.rename_section(found, title=form.title)
    flash(_("Saved."), "ok")
    return _back(code, place=f"section-{section}")


@blueprint.post(f"{SECTION}/move/<any(up, down):direction>")
@trainers
def move_section(code: str, section: UUID, direction: Direction) -> Response:
    """Move a section one place."""
    services.move_section(queries.section_of_course(taught_course(code), section), direction=direction)
    return _back(code, place=f"section-{section}")


@blueprint.post(f"{SECTION}/remove")
@trainers
def remove_section(code: str, section: UUID) -> Response:
    """Remove a section; its activities stay."""
    services.remove_section(queries.section_of_course(taught_course(code), section))
    flash(_("The section was removed. Its activities are still in the course."), "ok")
    return _back(code)


@blueprint.post(ACTIVITY)
@trainers
def change_activity(code: str, activity: UUID) -> Response:
    """Give an activity other titles or another section."""
    course = taught_course(code)
    found = queries.block_of_course(course, activity)
    form = ActivityForm(prefix=f"a{found.id}-")
    form.offer(course.sections)
    if not form.validate_on_submit():
        return _back(code, fault=form)
    section = queries.section_of_course(course, UUID(form.section.data)) if form.section.data else None
    services.change_activity(found, title=form.title, section=section)
    flash(_("Saved."), "ok")
    return _back(code, place=f"activity-{activity}")


@blueprint.post(f"{ACTIVITY}/move/<any(up, down):direction>")
@trainers
def move_activity(code: str, activity: UUID, direction: Direction) -> Response:
    """Move an activity one place within its section."""
    services.move_activity(queries.block_of_course(taught_course(code), activity), direction=direction)
    return _back(code, place=f"activity-{activity}")


@blueprint.post(f"{ACTIVITY}/remove")
@trainers
def remove_activity(code: str, activity: UUID) -> Response:
    """Take an activity out of the course."""
    services.remove_activity(queries.block_of_course(taught_course(code), activity))
    flash(_("The activity was removed. What people did in it is kept."), "ok")
    return _back(code)


def _back(code: str, *, place: str | None = None, fault: FlaskForm | None = None) -> Response:
    if fault is not None:
        for message in dict.fromkeys(str(text) for texts in fault.errors.values() for text in texts):
            flash(message, "bad")
    return redirect(url_for("courses.teach_course", code=code, _anchor=place), 303)
