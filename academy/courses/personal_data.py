"""What courses hold about a person: seats, what content keeps for them, launches, and what they made."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy.accounts.personal_data.sources import Document, Entry, Holding, Leftover, Source, Subject
from academy.accounts.personal_data.words import outcome
from academy.courses.models import (
    Activity,
    Attempt,
    ContentOrigin,
    Course,
    Enrolment,
    Launch,
    PackageVersion,
    Upload,
)
from academy.courses.runtime.models import ActivityTree, SharedValue
from academy.courses.services import uploads
from academy.db import db
from academy.locale import translated
from academy.tables import Column

COURSE = Column("title", _l("Course"))
SEATS = (
    COURSE,
    Column("enrolled", _l("Enrolled"), "datetime"),
    Column("withdrawn", _l("Left"), "datetime"),
)
ATTEMPTS = (
    Column("title", _l("Part of the course")),
    Column("completion", _l("Completion")),
    Column("success", _l("Result")),
    Column("score", _l("Score"), "number"),
    Column("time_ms", _l("Time"), "duration"),
)
LAUNCHES = (
    Column("title", _l("Part of the course")),
    Column("opened", _l("Opened"), "datetime"),
    Column("last_seen", _l("Last heard of"), "datetime"),
)
SHARED = (Column("name", _l("Name")), Column("value", _l("Value")))
MADE = (Column("what", _l("What")), Column("name", _l("Name")), Column("at", _l("When"), "datetime"))


def _holdings(subject: Subject) -> Iterator[Holding]:
    own_attempts = Attempt.enrolment_id.in_(_seat_ids(subject))
    yield Holding(
        "seats", _l("Seats in courses, without a name"), _count(Enrolment.person_id == subject.id), "stays"
    )
    yield Holding(
        "attempts", _l("What courses keep for the person: bookmarks, answers, notes"), _count(own_attempts)
    )
    own_trees = ActivityTree.enrolment_id.in_(_seat_ids(subject))
    yield Holding("trees", _l("Where the person stands in courses with their own order"), _count(own_trees))
    shared = _count(SharedValue.person_id == subject.id)
    yield Holding("shared", _l("What courses of the person tell each other"), shared)
    yield Holding("launches", _l("Openings of courses"), _count(Launch.person_id == subject.id))
    yield Holding("uploads", _l("Uploaded files with their reports"), _count(Upload.person_id == subject.id))
    yield Holding(
        "authored", _l("Courses that name the person as author"), _count(Course.author_id == subject.id)
    )
    imported = _count(PackageVersion.imported_by_id == subject.id)
    yield Holding("imported", _l("Packages that name who imported them"), imported)


def _export(subject: Subject) -> Iterator[Document]:
    yield Document("enrolments", _l("Seats in courses"), SEATS, _seats(subject))
    yield Document("attempts", _l("What courses keep for you"), ATTEMPTS, _attempts(subject))
    yield Document("trees", _l("Where you stand in courses with their own order"), (COURSE,), _trees(subject))
    yield Document("shared", _l("What courses of yours tell each other"), SHARED, _shared(subject))
    yield Document("launches", _l("Openings of courses"), LAUNCHES, _launches(subject))
    yield Document("made", _l("Courses and files of yours"), MADE, _made(subject))


def _erase(subject: Subject) -> Leftover:
    """Remove what content keeps and who made what; nameless seats stay for totals."""
    mine = sa.select(Upload.public_id).where(Upload.person_id == subject.id)
    files = [uploads.key_of(public_id) for public_id in db.session.scalars(mine)]
    _run(sa.delete(Launch).where(Launch.person_id == subject.id))
    _run(sa.delete(Attempt).where(Attempt.enrolment_id.in_(_seat_ids(subject))))
    _run(sa.delete(ActivityTree).where(ActivityTree.enrolment_id.in_(_seat_ids(subject))))
    _run(sa.delete(SharedValue).where(SharedValue.person_id == subject.id))
    _run(sa.delete(ContentOrigin).where(ContentOrigin.person_id == subject.id))
    _run(sa.delete(Upload).where(Upload.person_id == subject.id))
    _run(sa.update(Course).where(Course.author_id == subject.id).values(author_id=None))
    made = PackageVersion.imported_by_id == subject.id
    _run(sa.update(PackageVersion).where(made).values(imported_by_id=None))
    return Leftover(files=files, keeps_totals=_count(Enrolment.person_id == subject.id) > 0)


def _seats(subject: Subject) -> Iterator[Entry]:
    columns = sa.select(
        Course.code, Course.title, Enrolment.registration, Enrolment.enrolled, Enrolment.withdrawn
    )
    query = columns.join(Course, Course.id == Enrolment.course_id).where(Enrolment.person_id == subject.id)
    for row in _rows(query.order_by(Enrolment.id)):
        yield Entry({**row, "title": translated(row["title"])}, row)


def _attempts(subject: Subject) -> Iterator[Entry]:
    columns = sa.select(
        Enrolment.registration,
        Activity.title,
        Attempt.number,
        Attempt.sessions,
        Attempt.completion,
        Attempt.success,
        Attempt.score_raw.label("score"),
        Attempt.total_time_ms.label("time_ms"),
        Attempt.ended,
        Attempt.data,
    )
    query = columns.join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    query = query.join(Activity, Activity.id == Attempt.activity_id).where(Enrolment.person_id == subject.id)
    for row in _rows(query.order_by(Attempt.id), batch=20):
        told = {name: outcome(row[name]) for name in ("completion", "success")}
        yield Entry({**row, **told, "title": translated(row["title"])}, row)


def _trees(subject: Subject) -> Iterator[Entry]:
    columns = sa.select(
        Course.code, Course.title, ActivityTree.state, ActivityTree.objectives, ActivityTree.data
    )
    query = columns.join(Enrolment, Enrolment.id == ActivityTree.enrolment_id)
    query = query.join(Course, Course.id == Enrolment.course_id).where(Enrolment.person_id == subject.id)
    for row in _rows(query.order_by(ActivityTree.id), batch=20):
        yield Entry({**row, "title": translated(row["title"])}, row)


def _shared(subject: Subject) -> Iterator[Entry]:
    query = sa.select(SharedValue.kind, SharedValue.name, SharedValue.value)
    for row in _rows(query.where(SharedValue.person_id == subject.id).order_by(SharedValue.name)):
        yield Entry({**row, "value": str(row["value"])}, row)


def _launches(subject: Subject) -> Iterator[Entry]:
    columns = sa.select(Activity.title, Launch.mode, Launch.opened, Launch.last_seen, Launch.closed)
    query = columns.join(Activity, Activity.id == Launch.activity_id).where(Launch.person_id == subject.id)
    for row in _rows(query.order_by(Launch.id)):
        yield Entry({**row, "title": translated(row["title"])}, row)


def _made(subject: Subject) -> Iterator[Entry]:
    for row in _rows(
        sa.select(Course.code, Course.title, Course.created).where(Course.author_id == subject.id)
    ):
        name = f"{row['code']} {translated(row['title'])}"
        yield Entry({"what": str(_l("Course")), "name": name, "at": row["created"]}, row)
    made = PackageVersion.imported_by_id == subject.id
    for row in _rows(sa.select(PackageVersion.file_name, PackageVersion.imported).where(made)):
        yield Entry({"what": str(_l("Package")), "name": row["file_name"], "at": row["imported"]}, row)
    for row in _rows(sa.select(Upload.file_name, Upload.created).where(Upload.person_id == subject.id)):
        yield Entry({"what": str(_l("Upload")), "name": row["file_name"], "at": row["created"]}, row)


def _seat_ids(subject: Subject) -> sa.Select[int]:
    return sa.select(Enrolment.id).where(Enrolment.person_id == subject.id)


def _rows(query: Any, *, batch: int = 500) -> Iterator[dict[str, Any]]:
    for row in db.session.execute(query, execution_options={"yield_per": batch}).mappings():
        yield dict(row)


def _count(which: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(which)) or 0


def _run(change: Any) -> None:
    db.session.execute(change.execution_options(synchronize_session=False))


SOURCE = Source(
    name="courses",
    title=_l("Courses"),
    tables=frozenset(
        (
            *("enrolment", "attempt", "launch", "content_origin", "upload", "course", "package_version"),
            *("activity_tree", "shared_value"),
        )
    ),
    holdings=_holdings,
    export=_export,
    erase=_erase,
)
