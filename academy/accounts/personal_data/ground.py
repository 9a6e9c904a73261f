"""What the ground floor holds about a person: acts on record, mail, and jobs for later."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.utils import getaddresses
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, mail
from academy.accounts.models import Person, sort_key
from academy.accounts.personal_data.sources import (
    Document,
    Entry,
    Holding,
    Leftover,
    Source,
    StoredFile,
    Subject,
)
from academy.audit import ACTS, AuditEntry, AuditText
from academy.db import db
from academy.jobs import Job
from academy.tables import Column

PIECE = 262_144

ACT = (Column("at", _l("When"), "datetime"), Column("act", _l("Act")), Column("part", _l("Your part")))
LETTER = (
    Column("subject", _l("Subject")),
    Column("created", _l("Written"), "datetime"),
)
BY, ON = _l("done by you"), _l("done to your account or data")


def _acts(subject: Subject) -> sa.ColumnElement[bool]:
    return sa.or_(AuditEntry.person == subject.public_id, AuditEntry.actor == subject.public_id)


def _audit_holdings(subject: Subject) -> Iterator[Holding]:
    texts = sa.select(sa.func.count()).where(AuditText.about == subject.public_id)
    acts = sa.select(sa.func.count()).where(_acts(subject))
    yield Holding(
        "texts", _l("Names, addresses and values in the audit record"), db.session.scalar(texts) or 0
    )
    yield Holding(
        "acts", _l("Acts in the audit record, without names"), db.session.scalar(acts) or 0, "stays"
    )


def _audit_export(subject: Subject) -> Iterator[Document]:
    yield Document("audit", _l("Acts on record"), ACT, _audit_rows(subject))


def _audit_rows(subject: Subject) -> Iterator[Entry]:
    """Go through the acts; of their texts only those about this person, not the names of others."""
    columns = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.act,
        AuditEntry.actor,
        AuditEntry.target,
        AuditEntry.door,
    )
    own = sa.select(*columns, AuditText.content).outerjoin(
        AuditText, sa.and_(AuditText.entry_id == AuditEntry.id, AuditText.about == subject.public_id)
    )
    query = own.where(_acts(subject)).order_by(AuditEntry.id, AuditText.part)
    rows = db.session.execute(query, execution_options={"yield_per": 500})
    for _number, texts in groupby(rows, key=lambda row: row.id):
        first, *more = texts
        known = ACTS.get(first.act)
        part = BY if first.actor == subject.public_id else ON
        said = [json.loads(row.content) for row in (first, *more) if row.content]
        shown = {"at": first.at, "act": str(known.sentence) if known else first.act, "part": str(part)}
        yield Entry(
            shown, {"at": first.at, "act": first.act, "on": first.target, "door": first.door, "said": said}
        )


def _audit_erase(subject: Subject) -> Leftover:
    audit.forget(subject.public_id)
    return Leftover()


@dataclass(frozen=True)
class _Letter:
    """A mail that waits: to the person, or to somebody else and about the person."""

    job_id: int
    is_own: bool
    payload: dict[str, Any]
    state: str
    created: Any


def _mail_holdings(subject: Subject) -> Iterator[Holding]:
    yield Holding("queued", _l("E-mails waiting to be sent"), sum(1 for _one in _letters(subject)))
    yield Holding("outbox", _l("E-mails in the outbox folder"), sum(1 for _one in _outbox(subject)))


def _mail_export(subject: Subject) -> Iterator[Document | StoredFile]:
    own = (one for one in _letters(subject) if one.is_own)
    rows = (
        Entry(
            {
                "subject": one.payload["subject"],
                "state": one.state,
                "created": one.created,
                "text": one.payload["text"],
            }
        )
        for one in own
    )
    yield Document("mail", _l("E-mail waiting to be sent"), LETTER, rows)
    for path in _outbox(subject, own=True):
        yield StoredFile(f"mail/{path.name}", lambda path=path: _pieces(path))  # type: ignore[misc]


def _mail_erase(subject: Subject) -> Leftover:
    for letter in list(_letters(subject)):
        job = sa.and_(Job.id == letter.job_id)
        if letter.is_own:
            db.session.execute(sa.delete(Job).where(job))
        else:
            clean = {name: subject.spellings.without_any(text) for name, text in letter.payload.items()}
            db.session.execute(sa.update(Job).where(job).values(payload=clean | {"to": letter.payload["to"]}))
    return Leftover(outbox=[path.stem for path in _outbox(subject)])


def _letters(subject: Subject) -> Iterator[_Letter]:
    columns = sa.select(Job.id, Job.payload, Job.state, Job.created).where(Job.kind == "mail.send")
    says = _teller(subject)
    for row in db.session.execute(columns.order_by(Job.id), execution_options={"yield_per": 500}):
        to = str(row.payload.get("to", "")).lower()
        is_own = to == subject.email
        if is_own or (to and any(says(str(row.payload.get(name, ""))) for name in ("subject", "text"))):
            yield _Letter(row.id, is_own, row.payload, row.state, row.created)


def _outbox(subject: Subject, *, own: bool = False) -> Iterator[Path]:
    """Go through the mails of the outbox folder that are to the person, or say something of the person."""
    says = _teller(subject)
    for path in sorted(mail.outbox().glob("*.eml")):
        with path.open("rb") as file:
            message = message_from_binary_file(file, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 -- the policy makes it one
        receivers = [address.lower() for _name, address in getaddresses(message.get_all("To", []))]
        if subject.email in receivers:
            yield path
        elif not own:
            body = message.get_body(("plain",))
            if says(f"{message['Subject']} {body.get_content() if body else ''}"):
                yield path


def _teller(subject: Subject) -> Any:
    """Return what says whether a text is about the person; a name that others bear too proves nothing."""
    others = sa.exists().where(
        Person.id != subject.id, Person.sort_latin == sort_key(subject.person.name_latin)
    )
    shared = bool(db.session.scalar(sa.select(others)))
    known = subject.spellings
    return lambda text: known.have_address(text) or (not shared and known.have_name(text))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(PIECE), b"")


def _jobs_holdings(subject: Subject) -> Iterator[Holding]:
    count = sum(1 for _job in _jobs(subject))
    yield Holding("jobs", _l("Work in the background about the person"), count)


def _jobs_erase(subject: Subject) -> Leftover:
    for job_id, is_about, values in list(_jobs(subject)):
        change: Any = sa.delete(Job) if is_about else sa.update(Job).values(**values)
        db.session.execute(change.where(Job.id == job_id))
    return Leftover()


def _jobs(subject: Subject) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Go through jobs that are about the person alone, and those whose results or faults say the address."""
    columns = sa.select(Job.id, Job.kind, Job.payload, Job.result, Job.error).where(Job.kind != "mail.send")
    failed = sa.select(Job.id, Job.kind, Job.payload, Job.result, Job.error).where(
        Job.kind == "mail.send", Job.error.is_not(None)
    )
    known = subject.spellings
    for query in (columns, failed):
        for row in db.session.execute(query, execution_options={"yield_per": 500}):
            if str(row.payload.get("person", "")) == str(subject.public_id):
                yield row.id, True, {}
                continue
            told = {name: getattr(row, name) for name in ("payload", "result", "error")}
            if row.kind == "mail.send":
                told = {"error": row.error}
            if known.have_address(json.dumps(told, ensure_ascii=False)):
                yield row.id, False, {name: known.without_any(value) for name, value in told.items()}


def _export_nothing(subject: Subject) -> Iterator[Document]:
    return iter(())


AUDIT = Source(
    name="audit",
    title=_l("Acts on record"),
    tables=frozenset(("audit_entry", "audit_text", "search_posting")),
    holdings=_audit_holdings,
    export=_audit_export,
    erase=_audit_erase,
)
MAIL = Source(
    name="mail",
    title=_l("Mail"),
    tables=frozenset(("job",)),
    holdings=_mail_holdings,
    export=_mail_export,
    erase=_mail_erase,
)
JOBS = replace(
    MAIL,
    name="jobs",
    title=_l("Work in the background"),
    holdings=_jobs_holdings,
    export=_export_nothing,
    erase=_jobs_erase,
)
