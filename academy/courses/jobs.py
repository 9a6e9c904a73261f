"""Jobs of courses: the import of an uploaded package, and the sweep of uploads that nobody finished."""

from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, jobs, storage
from academy.courses.models import PackageVersion, Upload
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.importing import Destination, import_package
from academy.courses.services import uploads
from academy.db import commit_now, db
from academy.errors import NotFound


@jobs.handler("packages.import")
def import_upload(job: jobs.Job, *, upload: str) -> None:
    """Read an uploaded package into its course and keep the report; a refused one leaves only the report."""
    found = db.session.scalar(sa.select(Upload).where(Upload.public_id == UUID(upload)))
    if found is None or found.report:
        return
    key = uploads.key_of(found.public_id)
    if not storage.exists(key):
        raise NotFound(_l("The uploaded file is gone. Upload it again."))
    row = found.id
    report = _import(job, found)
    db.session.get_one(Upload, row).report = report
    commit_now()
    storage.delete(key)


def forget_uploads() -> None:
    """Remove uploads that nobody finished."""
    uploads.forget()


def _import(job: jobs.Job, upload: Upload) -> dict[str, object]:
    begun, course = upload.created, upload.course.public_id
    destination = Destination(upload.course_id, upload.language, upload.activity_id, upload.person_id)
    file_name, path = upload.file_name, storage.path(uploads.key_of(upload.public_id))
    try:
        version = import_package(path, filename=file_name, destination=destination, progress=job.report)
    except PackageRefused as refusal:
        return {"accepted": False, "findings": [one.to_json() for one in refusal.findings]}
    audit.record("courses.package.import", target=course, after=_facts(version))
    return {"accepted": True, "unchanged": version.imported < begun, **_facts(version)}


def _facts(version: PackageVersion) -> dict[str, object]:
    return {"version": str(version.public_id), "activity": str(version.package.activity.public_id)}
