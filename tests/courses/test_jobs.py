import io

import pytest
import sqlalchemy as sa

from academy import jobs, storage
from academy.audit import AuditEntry
from academy.courses.models import Activity, Package, PackageFile, PackageVersion, Upload
from academy.courses.services import uploads
from academy.courses.services.uploads import Delivery
from academy.db import db
from academy.jobs import Job
from tests import stores
from tests.factories import accounts, courses
from tests.packages import scorm12


def upload_of(content, **changes):
    course = courses.course()
    values = {"language": "en", "activity_id": None} | changes
    delivery = Delivery(course.id, accounts.person().id, "course.zip", len(content), **values)
    db.session.commit()
    upload = uploads.receive_whole(delivery, file=io.BytesIO(content))
    db.session.commit()
    return upload


def rows():
    return [
        db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (Activity, Package, PackageVersion, PackageFile, AuditEntry)
    ]


def stored_files():
    return stores.kept()


def test_an_accepted_package_becomes_an_activity_of_the_course_and_the_upload_is_gone(app):
    upload = upload_of(scorm12.package(title="Borders"))

    assert jobs.run_due() == 1

    db.session.refresh(upload)
    activity = db.session.scalar(sa.select(Activity).where(Activity.parent_id.is_(None)))
    version = activity.packages[0].current
    assert (activity.course_id, activity.title) == (upload.course_id, {"en": "Borders"})
    assert upload.report == {
        "accepted": True,
        "unchanged": False,
        "version": str(version.public_id),
        "activity": str(activity.public_id),
        "contents": {
            "tool": None,
            "languages": ["en"],
            "scripts": {"files": 0, "inline": 0},
            "largest": {"file": "imsmanifest.xml", "size": 626},
            "hosts": [],
        },
    }
    assert version.imported_by_id == upload.person_id
    assert not storage.exists(uploads.key_of(upload.public_id))
    assert db.session.scalar(sa.select(AuditEntry.act)) == "courses.package.import"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"this is not a zip", "not-a-zip"),
        (scorm12.package()[:-30], "zip-cut-off"),
        (scorm12.package(more={"imsmanifest.xml": "<manifest"}), "xml-broken"),
        (scorm12.package(more={"../evil.html": "x"}), "name-parent"),
        (scorm12.package([scorm12.Sco(href="")]), "no-launchable-item"),
    ],
)
def test_a_refused_package_leaves_its_report_and_nothing_else(app, content, code):
    upload = upload_of(content)

    jobs.run_due()

    db.session.refresh(upload)
    assert upload.report["accepted"] is False
    assert code in [finding["code"] for finding in upload.report["findings"]]
    assert rows() == [0, 0, 0, 0, 0]
    assert stored_files() == []
    assert db.session.scalar(sa.select(Job.state)) == "done"


def test_a_job_run_again_after_a_crash_changes_nothing(app):
    upload = upload_of(scorm12.package())
    jobs.run_due()
    before = rows()

    db.session.execute(sa.update(Job).values(state="queued"))
    db.session.commit()
    jobs.run_due()

    assert rows() == before
    db.session.refresh(upload)
    assert upload.report["accepted"] is True


def test_the_same_package_again_in_its_place_is_unchanged(app):
    content = scorm12.package()
    first = upload_of(content)
    jobs.run_due()
    db.session.refresh(first)
    activity = db.session.scalar(sa.select(Activity.id).where(Activity.parent_id.is_(None)))

    again = upload_of(content, activity_id=activity)
    jobs.run_due()

    db.session.refresh(again)
    assert again.report == first.report | {"unchanged": True}


def test_a_file_that_is_gone_fails_the_job_with_a_reason(app):
    upload = upload_of(scorm12.package())
    storage.delete(uploads.key_of(upload.public_id))

    jobs.run_due()

    assert db.session.scalar(sa.select(Job.state)) == "failed"
    assert db.session.scalar(sa.select(Upload.report)) is None
