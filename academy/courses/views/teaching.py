"""The trainer's desk: own courses, a new one, the builder, publishing."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from academy.courses import kinds, queries, services, words
from academy.courses.forms import (
    ActivityForm,
    CourseForm,
    DescriptionForm,
    TitleForm,
    by_language,
    description_of,
)
from academy.courses.models import Activity, Course
from academy.courses.views.blueprint import blueprint, trainers
from academy.courses.views.reader import member, taught_course
from academy.errors import Conflict, Invalid
from academy.templating import toast


@blueprint.get("/teach")
@trainers
def teach() -> str:
    """List the reader's courses."""
    return render_template("courses/teach.html", taught=queries.courses_of(member()))


@blueprint.route("/teach/courses/new", methods=["GET", "POST"])
@trainers
def new_course() -> Response | str | tuple[str, int]:
    """Make a draft course."""
    form = CourseForm()
    if not form.validate_on_submit():
        return render_template("courses/new-course.html", form=form), 422 if form.errors else 200
    try:
        course = services.create(form.code.data, author=member(), **form.values)
    except (Invalid, Conflict) as error:
        form.code.errors = [*form.code.errors, str(error)]
        return render_template("courses/new-course.html", form=form), 422
    flash(_("The draft is here. Now add a package."), "ok")
    return redirect(url_for("courses.teach_course", code=course.code), 303)


@blueprint.get("/teach/courses/<code>")
@trainers
def teach_course(code: str) -> str:
    """Show the builder: sections and activities with their packages, and what publishing would change."""
    course = taught_course(code)
    activities = queries.content_of(course)
    return render_template(
        "courses/teach-course.html",
        course=course,
        blocks=[(activity, _activity_form(course, activity)) for activity in activities],
        sections=[(section, _section_form(f"s{section.id}-", section.title)) for section in course.sections],
        new_section=_section_form("new-", {}),
        numbers={activity.id: number for number, activity in enumerate(activities, start=1)},
        kind_of=kinds.kind_of,
        plan=queries.plan(course),
        gaps=queries.missing_texts(course, activities),
    )


@blueprint.route("/teach/courses/<code>/description", methods=["GET", "POST"])
@trainers
def teach_description(code: str) -> Response | str | tuple[str, int]:
    """Change what the catalogue says of a course."""
    course = taught_course(code)
    form = DescriptionForm(data=description_of(course))
    if not form.validate_on_submit():
        page = render_template("courses/teach-description.html", course=course, form=form, words=words)
        return page, 422 if form.errors else 200
    services.change_texts(course, **form.values)
    flash(_("Saved."), "ok")
    return redirect(url_for("courses.teach_description", code=code), 303)


@blueprint.post("/teach/courses/<code>/publish")
@trainers
def publish(code: str) -> Response:
    """Put the course, as it stands, into force."""
    course = taught_course(code)
    services.publish(course)
    flash(_("Published. Learners find the course in the catalogue."), "ok")
    return redirect(url_for("courses.teach_course", code=code), 303)


@blueprint.post("/teach/courses/<code>/archive")
@trainers
def archive(code: str) -> Response:
    """Take the course out of the catalogue."""
    course = taught_course(code)
    unchanged = not queries.plan(course).changed
    services.archive(course)
    text = _("Archived. Nobody can enrol any more; who is in the course may finish it.")
    if unchanged:  # publishing puts the course back as it was
        toast(text, undo=url_for("courses.publish", code=code), fields={})
    else:
        flash(text, "ok")
    return redirect(url_for("courses.teach_course", code=code), 303)


def _activity_form(course: Course, activity: Activity) -> ActivityForm:
    here = next((one.public_id for one in course.sections if one.id == activity.section_id), "")
    form = ActivityForm(
        None, prefix=f"a{activity.id}-", data=by_language(title=activity.title) | {"section": str(here)}
    )
    form.offer(course.sections)
    return form


def _section_form(prefix: str, title: dict[str, str]) -> TitleForm:
    return TitleForm(None, prefix=prefix, data=by_language(title=title))
