"""Changing the parts of a course: sections and activities; every act comes back to the builder."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from academy.courses import queries, services
from academy.courses.forms import ActivityForm, TitleForm
from academy.courses.services.editing import Direction
from academy.courses.views.blueprint import blueprint, trainers
from academy.courses.views.reader import taught_course
from academy.templating import toast

SECTION = "/teach/courses/<code>/sections/<uuid:section>"
ACTIVITY = "/teach/courses/<code>/activities/<uuid:activity>"


@blueprint.post("/teach/courses/<code>/sections")
@trainers
def add_section(code: str) -> Response:
    """Add a section at the end; or put back one that was removed, with its place and its activities."""
    course, form = taught_course(code), TitleForm(prefix="new-")
    if not form.validate_on_submit():
        return _back(code, fault=form)
    section = services.add_section(course, title=form.title, place=request.form.get("place", type=int))
    returning = set(request.form.get("activities", "").split())
    for activity in queries.content_of(course):
        if activity.section_id is None and str(activity.public_id) in returning:
            services.change_activity(activity, title=activity.title, section=section)
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
    course = taught_course(code)
    found = queries.section_of_course(course, section)
    held = [str(one.public_id) for one in queries.content_of(course) if one.section_id == found.id]
    fields = {f"new-title_{language}": text for language, text in found.title.items()}
    fields |= {"place": str(course.sections.index(found) + 1), "activities": " ".join(held)}
    services.remove_section(found)
    text = _("The section was removed. Its activities are still in the course.")
    toast(text, undo=url_for("courses.add_section", code=code), fields=fields)
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
    undo = url_for("courses.put_activity_back", code=code, activity=activity)
    toast(_("The activity was removed. What people did in it is kept."), undo=undo, fields={})
    return _back(code)


@blueprint.post(f"{ACTIVITY}/put-back")
@trainers
def put_activity_back(code: str, activity: UUID) -> Response:
    """Put an activity back that was taken out."""
    services.put_activity_back(queries.block_of_course(taught_course(code), activity, removed=True))
    return _back(code, place=f"activity-{activity}")


def _back(code: str, *, place: str | None = None, fault: FlaskForm | None = None) -> Response:
    if fault is not None:
        for message in dict.fromkeys(str(text) for texts in fault.errors.values() for text in texts):
            flash(message, "bad")
    return redirect(url_for("courses.teach_course", code=code, _anchor=place), 303)
