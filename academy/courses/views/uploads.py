"""Uploading a package: in one request or in pieces that may stop and go on, then its import and report."""

from typing import Any
from uuid import UUID

from flask import current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_content_range_header
from werkzeug.wrappers import Response

from academy.courses import kinds, queries
from academy.courses.forms import UploadForm, options
from academy.courses.models import Course, Upload
from academy.courses.queries.incoming import standing, verdict
from academy.courses.services import uploads
from academy.courses.services.uploads import Delivery
from academy.courses.views.blueprint import blueprint, trainers
from academy.courses.views.reader import member, taught_course
from academy.errors import Invalid
from academy.locale import translated
from academy.security import takes_files

UPLOAD = "/teach/courses/<code>/uploads/<uuid:upload>"


@blueprint.get("/teach/courses/<code>/uploads/new")
@trainers
def new_upload(code: str) -> str:
    """Ask for a package: the file, its language, its place in the course."""
    course = taught_course(code)
    form = _form(course, UploadForm(request.args))
    return render_template(
        "courses/new-upload.html", course=course, form=form, limit=uploads.limit_mb(), piece=uploads.PIECE
    )


@blueprint.post("/teach/courses/<code>/uploads")
@trainers
@takes_files
def add_upload(code: str) -> Response | tuple[Response, int]:
    """Take a whole file, or the announcement of one that follows in pieces."""
    course = taught_course(code)
    form = _form(course, UploadForm())
    if not form.validate_on_submit():
        raise Invalid("; ".join(str(text) for texts in form.errors.values() for text in texts))
    file = form.file.data
    if isinstance(file, FileStorage):
        upload = uploads.receive_whole(_delivery(course, form, file), file=file.stream)  # type: ignore[arg-type]
    else:
        upload = uploads.begin(_delivery(course, form, None))
    place = url_for("courses.show_upload", code=code, upload=upload.public_id)
    if request.accept_mimetypes.best == "application/json":
        return _announced(code, upload, place), 201
    return redirect(place, 303)


@blueprint.put(UPLOAD)
@trainers
@takes_files
def put_piece(code: str, upload: UUID) -> Response:
    """Take the next piece of a file; its place is in `Content-Range: bytes <first>-<last>/<size>`."""
    found = queries.upload_of_course(taught_course(code), upload, person=member())
    asked = parse_content_range_header(request.headers.get("Content-Range"))
    length = request.content_length or 0
    if asked is None or asked.units != "bytes" or asked.start is None or asked.stop is None:
        raise Invalid(_l("Content-Range must say which bytes these are."))
    if asked.stop - asked.start != length:
        raise Invalid(_l("Content-Range and Content-Length do not agree."))
    arrived = uploads.receive_piece(found, start=asked.start, length=length, read=request.stream.read)
    return jsonify(received=arrived)


@blueprint.get(UPLOAD)
@trainers
def show_upload(code: str, upload: UUID) -> str:
    """Show how far an upload is, or what was found in the package and what to do next."""
    course = taught_course(code)
    found = queries.upload_of_course(course, upload, person=member())
    facts: dict[str, Any] = {"course": course, "upload": found}
    if found.report is None:
        return render_template("courses/upload-running.html", state=standing(found), **facts)
    read = verdict(found.report)
    if read.version is None:
        return render_template("courses/upload-refused.html", verdict=read, **facts)
    label = kinds.kind_of(read.version.standard).label
    plan = queries.plan(course)
    return render_template("courses/upload-report.html", verdict=read, plan=plan, kind_label=label, **facts)


@blueprint.get(f"{UPLOAD}/state")
@trainers
def upload_state(code: str, upload: UUID) -> Response:
    """Return how far an upload and its import are, for the page that follows it."""
    found = queries.upload_of_course(taught_course(code), upload, person=member())
    place = url_for("courses.show_upload", code=code, upload=upload)
    return jsonify(**vars(standing(found)), next=place)


@blueprint.teardown_request
def close_files(error: BaseException | None) -> None:
    """Close files that came with the request and that nobody took."""
    request.close()


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Any:
    """Say how large a file may be, where a request was cut short for its size."""
    return current_app.handle_user_exception(uploads.too_large())


def _form(course: Course, form: UploadForm) -> UploadForm:
    activities = {str(one.public_id): translated(one.title) for one in queries.content_of(course)}
    form.activity.choices = options({"": _l("A new activity at the end")} | activities)
    return form


def _delivery(course: Course, form: UploadForm, file: FileStorage | None) -> Delivery:
    if file is None and not form.name.data:
        raise Invalid(_l("Choose a file first."))
    place = form.activity.data
    activity = queries.block_of_course(course, UUID(place)) if place else None
    return Delivery(
        course_id=course.id,
        person_id=member().id,
        file_name=uploads.clean_name(file.filename if file else form.name.data),
        size=_size_of(file) if file else form.size.data or 0,
        language=form.language.data,
        activity_id=activity.id if activity else None,
    )


def _size_of(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size


def _announced(code: str, upload: Upload, place: str) -> Response:
    return jsonify(
        url=place,
        received=upload.received,
        piece=uploads.PIECE,
        status_url=url_for("courses.upload_state", code=code, upload=upload.public_id),
        next=place,
    )
