"""What record store and projection hold about a person: bridged here, for the store knows no people."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import clock, storage
from academy.accounts.personal_data.sources import (
    Document,
    Entry,
    Holding,
    Leftover,
    Source,
    StoredFile,
    Subject,
)
from academy.accounts.personal_data.words import outcome
from academy.courses.models import Activity, Course, Enrolment
from academy.db import db, iri_base
from academy.locale import translated
from academy.progress.models import ActivityProgress, CourseProgress
from academy.tables import Column
from academy.xapi import nameless, people
from academy.xapi.nameless import Manner
from academy.xapi.people import Individual, Kept
from academy.xapi.queries import Row

STATEMENTS_SHOWN = (
    Column("at", _l("When"), "datetime"),
    Column("verb", _l("What happened")),
    Column("object", _l("With what")),
)
DOCUMENTS_SHOWN = (
    Column("name", _l("Name")),
    Column("activity", _l("Of what")),
    Column("updated", _l("Last change"), "datetime"),
)
COURSES_SHOWN = (
    Column("title", _l("Course")),
    Column("completion", _l("Completion")),
    Column("success", _l("Result")),
    Column("score", _l("Score"), "percent"),
    Column("time_ms", _l("Time"), "duration"),
    Column("completed", _l("Completed"), "datetime"),
)
PARTS_SHOWN = (Column("title", _l("Part of the course")), *COURSES_SHOWN[1:])


def _individual(subject: Subject) -> Individual:
    return Individual({"homePage": iri_base(), "name": str(subject.pseudonym)}, subject.email)


def _statement_holdings(subject: Subject) -> Iterator[Holding]:
    connection, person = db.session.connection(), _individual(subject)
    count = people.count(connection, person)
    yield Holding("statements", _l("Statements about learning, under a pseudonym"), count, "stays")
    documents = people.count_documents(connection, person)
    yield Holding("documents", _l("Documents that content keeps in the record store"), documents)
    attached = sum(1 for _one in people.attachment_keys(connection, person))
    yield Holding("attachments", _l("Files attached to statements"), attached)


def _statement_export(subject: Subject) -> Iterator[Document | StoredFile]:
    connection, person = db.session.connection(), _individual(subject)
    rows = (_statement(row) for row in people.statements(connection, person))
    yield Document("statements", _l("Statements"), STATEMENTS_SHOWN, rows)
    kept = (_document(one) for one in people.documents(connection, person))
    yield Document("documents", _l("Documents kept for content"), DOCUMENTS_SHOWN, kept)
    for key, sha2 in people.attachment_keys(connection, person):
        yield StoredFile(f"attachments/{sha2}", partial(storage.pieces, key))


def _statement_erase(subject: Subject) -> Leftover:
    connection, clean = db.session.connection(), subject.spellings.without_any
    done = nameless.make_nameless(connection, _individual(subject), Manner(clean))
    return Leftover(files=done.files)


def _statement(row: Row) -> Entry:
    statement: dict[str, Any] = row.statement
    verb, thing = statement["verb"], statement["object"]
    name = translated(thing.get("definition", {}).get("name")) or str(
        thing.get("id", thing.get("objectType", ""))
    )
    words = _nearest(verb.get("display")) or str(verb["id"]).rpartition("/")[2]
    return Entry({"at": _moment(statement, row), "verb": words, "object": name}, row.text)


def _moment(statement: dict[str, Any], row: Row) -> datetime:
    """Return when it happened as the statement says, else when it was stored."""
    try:
        return clock.parse(str(statement["timestamp"]))
    except ValueError:
        return row.stored


def _nearest(display: dict[str, str] | None) -> str:
    """Return the words of a language map by language, whatever the region."""
    return translated({tag.partition("-")[0]: text for tag, text in (display or {}).items()})


def _document(kept: Kept) -> Entry:
    try:
        content = {"content": kept.content.decode()}
    except UnicodeDecodeError:
        content = {"content_base64": b64encode(kept.content).decode()}
    shown = {"name": kept.name, "activity": kept.activity, "updated": kept.updated}
    more = {"kind": kept.kind, "registration": kept.registration, "content_type": kept.content_type}
    return Entry(shown, {**shown, **more, **content})


def _progress_holdings(subject: Subject) -> Iterator[Holding]:
    of_seats = ActivityProgress.registration.in_(_registrations(subject))
    count = db.session.scalar(sa.select(sa.func.count()).where(of_seats)) or 0
    yield Holding("parts", _l("Results in parts of courses, without a name"), count, "stays")


def _progress_export(subject: Subject) -> Iterator[Document]:
    yield Document("courses", _l("Courses"), COURSES_SHOWN, _courses(subject))
    yield Document("parts", _l("Parts of courses"), PARTS_SHOWN, _parts(subject))


def _courses(subject: Subject) -> Iterator[Entry]:
    query = (
        sa.select(Course.title, *_columns(CourseProgress))
        .join(Course, Course.id == CourseProgress.course_id)
        .where(CourseProgress.registration.in_(_registrations(subject)))
        .order_by(CourseProgress.id)
    )
    yield from _entries(query)


def _parts(subject: Subject) -> Iterator[Entry]:
    query = (
        sa.select(Activity.title, *_columns(ActivityProgress))
        .join(Activity, Activity.public_id == ActivityProgress.activity)
        .where(ActivityProgress.registration.in_(_registrations(subject)))
        .order_by(ActivityProgress.id)
    )
    yield from _entries(query)


def _entries(query: Any) -> Iterator[Entry]:
    for row in db.session.execute(query, execution_options={"yield_per": 500}).mappings():
        told = {name: outcome(row[name]) for name in ("completion", "success")}
        yield Entry({**row, **told, "title": translated(row["title"])}, dict(row))


def _columns(table: Any) -> tuple[Any, ...]:
    score = table.score_scaled.label("score")
    return (
        table.registration,
        table.completion,
        table.success,
        score,
        table.time_ms,
        table.started,
        table.completed,
    )


def _registrations(subject: Subject) -> sa.Select[Any]:
    return sa.select(Enrolment.registration).where(Enrolment.person_id == subject.id)


def _nothing_goes(subject: Subject) -> Leftover:
    return Leftover()


STATEMENTS = Source(
    name="statements",
    title=_l("Learning records"),
    tables=frozenset(
        (
            "xapi_statement",
            "xapi_agent",
            "xapi_statement_agent",
            "xapi_statement_activity",
            "xapi_statement_reference",
            "xapi_state",
            "xapi_agent_profile",
            "xapi_credential",
        )
    ),
    holdings=_statement_holdings,
    export=_statement_export,
    erase=_statement_erase,
)
PROGRESS = Source(
    name="progress",
    title=_l("Progress and results"),
    tables=frozenset(("activity_progress", "course_progress", "stale_registration")),
    holdings=_progress_holdings,
    export=_progress_export,
    erase=_nothing_goes,
)
