"""Jobs of courses: the import of an uploaded package, and the sweep of uploads that nobody finished."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, jobs, storage
from academy.courses import records
from academy.courses.models import PackageVersion, Upload
from academy.courses.packages import checking
from academy.courses.packages.checking import Report
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.importing import Destination, import_package
from academy.courses.services import uploads
from academy.db import commit_now, db, release
from academy.errors import NotFound


@jobs.handler("packages.import")
def import_upload(job: jobs.Job, *, upload: str) -> None:
    """Read an uploaded package into its course and keep the report; a refused one leaves only the report."""
    found = db.session.scalar(sa.select(Upload).where(Upload.public_id == UUID(upload)))
    if found is None or found.report:
        return
    key, row, size = uploads.key_of(found.public_id), found.id, found.size
    release()
    with _lent(key, size=size) as path:
        report = _import(job, db.session.get_one(Upload, row), path)
    db.session.get_one(Upload, row).report = report
    commit_now()
    storage.delete_with_pieces(key)


def forget_uploads() -> None:
    """Remove uploads that nobody finished."""
    uploads.forget()


@contextmanager
def _lent(key: str, *, size: int) -> Iterator[Path]:
    """Lend what was uploaded as a file of this machine; it may have arrived by way of other nodes."""
    with ExitStack() as stack:
        try:
            path = stack.enter_context(storage.on_disk(key, size=size))
        except FileNotFoundError as error:
            raise NotFound(_l("The uploaded file is gone. Upload it again.")) from error
        yield path


def _import(job: jobs.Job, upload: Upload, path: Path) -> dict[str, object]:
    begun, course, person = upload.created, records.course(upload.course), upload.person
    destination = Destination(upload.course_id, upload.language, upload.activity_id, upload.person_id)
    file_name = upload.file_name
    seen: list[Report] = []
    try:
        version = import_package(
            path, filename=file_name, destination=destination, progress=job.report, told=seen.append
        )
    except PackageRefused as refusal:
        return {"accepted": False, "findings": [one.to_json() for one in refusal.findings]}
    facts = _facts(version)
    audit.record("courses.package.import", target=course, after={"file": file_name, **facts}, by=person)
    contents = checking.contents_json(seen[0])
    return {"accepted": True, "unchanged": version.imported < begun, "contents": contents, **facts}


def _facts(version: PackageVersion) -> dict[str, object]:
    return {"version": str(version.public_id), "activity": str(version.package.activity.public_id)}
