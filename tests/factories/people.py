"""A person who has left traces in every room, and a search for what is left of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1, sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from academy import audit, jobs, mail, storage
from academy.accounts import records, services, sessions, throttle, tokens
from academy.accounts.models import Organisation, Person
from academy.accounts.personal_data import requests
from academy.certificates import services as certificates
from academy.certificates.models import Certificate
from academy.courses.models import Attempt, Course, Enrolment, Upload
from academy.courses.runtime import launching
from academy.courses.services import uploads
from academy.db import Base, db, iri_base
from academy.xapi import attachments, documents
from academy.xapi.attachments import Part, kept
from academy.xapi.documents import AgentShelf, Content, StateShelf
from tests.factories import accounts, courses, progress, xapi

EMAIL = "zlatka.przybylska@border.example.org"
LATIN, CYRILLIC = "Zlatka Przybylska", "Златка Пшибыльска"

#: What must not be found anywhere afterwards: parts of address and names, in both scripts, in any case.
TELLING = ("zlatka", "przybyl", "златк", "пшибыльс", sha1(f"mailto:{EMAIL}".encode()).hexdigest())

ESSAY = b"My name is Zlatka Przybylska, and this is my essay."
SHARED = b"A form that several people sent."


@dataclass
class Traces:
    """The person, and what leads to what they left."""

    person: Person
    colleague: Person
    course: Course
    seat: Enrolment
    certificate: Certificate
    statement_ids: list[UUID]


def everywhere(*, state: str = "MD", organisation: Organisation | None = None) -> Traces:
    """Make a person who learns and teaches, and is named by others; the test replaces the drawing of PDFs."""
    person = accounts.person(
        email=EMAIL,
        name_latin=LATIN,
        name_cyrillic=CYRILLIC,
        state=state,
        organisation=organisation,
        roles=["trainer"],
        password_hash="x",
        language="ru",
    )
    colleague = accounts.person(name_latin="Ana Colleague", state=state)
    made = courses.published_course_with_sco(author=person)
    seat = courses.enrolment(made.course, person=person)
    progress.finish(seat, made.leaf)
    progress.finish(courses.enrolment(made.course, person=colleague), made.leaf)
    certificate = certificates.issue(seat.registration)
    certificates.tell(certificate)
    _use_content(seat, made.leaf, made.version)
    _accounts(person, colleague)
    ids = _statements(person, seat, made.leaf)
    db.session.flush()
    return Traces(person, colleague, made.course, seat, certificate, ids)


def _use_content(seat: Enrolment, leaf: Any, version: Any) -> None:
    launch = launching.open_launch(seat, activity=leaf)
    attempt = db.session.get_one(Attempt, launch.attempt_id)
    attempt.data = {"cmi.suspend_data": f"answered by {LATIN}", "cmi.core.lesson_location": "7"}
    upload = Upload(
        course_id=seat.course_id,
        person_id=seat.person_id,
        file_name="zlatka.zip",
        size=4,
        language="en",
        received=4,
    )
    version.imported_by_id = seat.person_id
    db.session.add(upload)
    db.session.flush()
    storage.put(uploads.key_of(upload.public_id), f"a package by {LATIN}".encode())


def _accounts(person: Person, colleague: Person) -> None:
    sessions.begin(person, agent="Firefox, Windows", network="192.0.2.0/24")
    tokens.resetting(person)
    throttle.note_sign_in(throttle.origin(EMAIL, address="192.0.2.1"))
    throttle.may_mail(EMAIL, "192.0.2.1")
    audit.record(
        "person.confirm", target=records.person(person), after={"name": LATIN}, reason=f"{CYRILLIC} is ours"
    )
    audit.record("person.confirm", target=records.person(colleague), after={"state": "MD"}, by=person)
    services.invite(person)
    jobs.add(
        "mail.send",
        to=colleague.email,
        subject="Waiting",
        text=f"{LATIN} ({EMAIL}) waits.",
        html=f"<p>{LATIN}</p>",
    )
    jobs.add("mail.send", to=colleague.email, subject="Other", text="Nothing about anybody.", html="<p>x</p>")
    failed = jobs.add("accounts.reset", email=EMAIL)
    failed.state, failed.error = "failed", f"550 no such mailbox {EMAIL}"
    jobs.add("accounts.tell_decision", person=str(person.public_id), decision="confirmed", claim="before")
    for name, to, text in (
        ("own", EMAIL, "Hello."),
        ("about", colleague.email, f"{LATIN} asks."),
        ("other", "x@example.org", "Hello."),
    ):
        (mail.outbox() / f"{name}.eml").write_text(f"To: {to}\nSubject: News\n\n{text}\n")
    copy = requests.ask(person, "copy")
    copy.state = "ready"
    storage.put(requests.key_of(copy.public_id), f"a copy for {LATIN}".encode())


def _statements(person: Person, seat: Enrolment, leaf: Any) -> list[UUID]:
    """Store what strangers' tools say: with an address, with a name, in typed texts, with attached files."""
    connection = db.session.connection()
    account = {"homePage": iri_base(), "name": str(person.pseudonym.name)}
    named = {"objectType": "Agent", "name": LATIN, "account": account}
    typed = {"response": "Меня зовут Златка, пишите Пшибыльской", "success": True}
    files = [_attached(ESSAY), _attached(SHARED)]
    told = [
        progress.statement(seat, leaf, "experienced", actor=named, at=60),
        progress.statement(seat, leaf, "answered", result=typed, at=61),
        xapi.statement(actor={"mbox": f"mailto:{EMAIL}", "name": LATIN}, attachments=files),
        xapi.statement(actor={"mbox_sha1sum": TELLING[-1]}),
        xapi.statement(actor={"account": {"homePage": "https://tool.example", "name": EMAIL.title()}}),
        xapi.statement(context={"instructor": {"mbox": f"mailto:{EMAIL}", "name": LATIN}}),
        xapi.statement(actor=xapi.agent("somebody-else"), attachments=[_attached(SHARED)]),
    ]
    attachments.received_attachments(told[2:3], [_part(ESSAY), _part(SHARED)])
    progress.keep(*told[:2])
    ids = xapi.stored(*told[2:])
    identity = json.dumps({"account": account}, separators=(",", ":"))
    shelf = StateShelf("https://example.org/activities/lesson", identity, None)
    documents.put(connection, shelf, "bookmark", Content(f"page 7 of {LATIN}".encode(), "text/plain"))
    profile = Content(json.dumps({"name": LATIN}).encode(), "application/json")
    documents.put(connection, AgentShelf(identity), "card", profile)
    return [UUID(told[0]["id"]), UUID(told[1]["id"]), *ids]


def _attached(data: bytes) -> dict[str, Any]:
    return {
        "usageType": "https://example.org/essay",
        "display": {"en": f"Essay of {LATIN}" if data is ESSAY else "Form"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": sha256(data).hexdigest(),
    }


def _part(data: bytes) -> Part:
    return kept(sha256(data).hexdigest(), [data], BytesIO())


def left_of(words: tuple[str, ...] = TELLING) -> list[str]:
    """Return where one of the words stands: every column of every table, every file of store and outbox."""
    db.session.flush()
    db.session.expire_all()
    return [*_in_tables(words), *_in_files(words)]


def _in_tables(words: tuple[str, ...]) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            for column, value in zip(table.columns, row, strict=True):
                text = _text(value)
                yield from (f"{table.name}.{column.name}: {word}" for word in words if word in text)


def _in_files(words: tuple[str, ...]) -> Iterator[str]:
    folders = [Path(str(current_app.config["STORAGE_URL"]).removeprefix("file:")), mail.outbox()]
    for folder in folders:
        for path in folder.rglob("*"):
            text = _text(path.read_bytes() if path.is_file() else b"") + path.name.casefold()
            yield from (f"{path.name}: {word}" for word in words if word in text)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").casefold()
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    ).casefold()
