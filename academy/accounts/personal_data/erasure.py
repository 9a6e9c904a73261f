"""Erasing a person: every room in one transaction, files afterwards by a job, and a receipt that stays."""

import email as mail_format
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, clock, jobs, mail, storage
from academy.accounts.models import Grant, Person, Role
from academy.accounts.personal_data import own, receipts, sources
from academy.accounts.personal_data.models import ErasureReceipt
from academy.accounts.personal_data.receipts import Past
from academy.accounts.personal_data.sources import Leftover, Subject
from academy.db import db
from academy.errors import Conflict
from academy.jobs import Job

UNDER_WAY = timedelta(minutes=2)


class LastAdministratorStays(Conflict):
    """Without an administrator nobody could run the Academy."""

    message = _l("This is the only administrator. Give the role to somebody else first.")


def erase(
    person: Person, *, reason: str, by: Person | None = None, past: Past | None = None
) -> ErasureReceipt:
    """Remove everything personal about somebody, here and in all rooms; return the receipt.

    Totals stay as they are. The files that go are named in a job, which may be done any number of times.
    `past` repeats an erasure that a restored backup undid. Raises LastAdministratorStays.
    """
    refuse_last_administrator(person)
    db.session.refresh(person, with_for_update=True)
    subject = Subject.of(person)
    held = sources.holdings(subject)
    audit.record(audit.ERASURE, target=audit.Target(subject.public_id, person=subject.public_id), by=by)
    leftover = _erase_rooms(subject)
    own.settle(subject, keeps_totals=leftover.keeps_totals)
    reason, actor = subject.spellings.without(reason), by.public_id if by else None
    receipt = receipts.write(subject.email, held, reason=reason, actor=actor, past=past)
    jobs.add(
        "accounts.remove_files",
        receipt=receipt.number,
        files=list(leftover.files),
        outbox=list(leftover.outbox),
        address=receipts.digest_of(subject.email),
        at=clock.rfc3339(clock.now()),
    )
    return receipt


def forget_registration(person: Person) -> None:
    """Remove somebody who never confirmed the address; there is nothing to account for, so no receipt."""
    subject = Subject.of(person)
    if db.session.scalar(sa.select(sa.exists().where(audit.AuditText.about == subject.public_id))):
        audit.record(audit.ERASURE, target=audit.Target(subject.public_id, person=subject.public_id))
    leftover = _erase_rooms(subject)
    own.settle(subject, keeps_totals=leftover.keeps_totals)
    remove_files(files=leftover.files, outbox=leftover.outbox)


def refuse_last_administrator(person: Person) -> None:
    """Raise LastAdministratorStays where nobody else has the role."""
    if Role.ADMINISTRATOR not in person.roles:
        return
    others = sa.exists().where(
        Grant.person_id == Person.id, Grant.role == Role.ADMINISTRATOR, Person.id != person.id, Person.active
    )
    if not db.session.scalar(sa.select(others)):
        raise LastAdministratorStays


def remove_files(
    *, files: Iterable[str], outbox: Iterable[str], address: str | None = None, at: datetime | None = None
) -> None:
    """Remove files of the store and mails of the outbox; what is gone already is no error.

    `address` is the digest of an address whose mails go too, up to a moment after `at`: one may have been on
    its way when the person was erased.
    """
    for key in files:
        storage.delete_with_pieces(key)
    folder = mail.outbox()
    for name in outbox:
        (folder / f"{name}.eml").unlink(missing_ok=True)
    if address is None or at is None:
        return
    for path in folder.glob("*.eml"):
        if _is_to(path, address, until=(at + UNDER_WAY).timestamp()):
            path.unlink(missing_ok=True)


@jobs.handler("accounts.remove_files")
def remove_files_job(
    job: jobs.Job, *, receipt: str, files: list[str], outbox: list[str], address: str, at: str
) -> None:
    """Remove the files of somebody who was erased."""
    remove_files(files=files, outbox=outbox, address=address, at=clock.parse(at))


def remove_queued_files(receipt: ErasureReceipt) -> None:
    """Do now what the job of an erasure will do, for commands that run where no worker does."""
    mine = Job.payload["receipt"].as_string() == receipt.number
    for payload in db.session.scalars(
        sa.select(Job.payload).where(Job.kind == "accounts.remove_files", mine)
    ):
        names = ("files", "outbox", "address")
        remove_files(at=clock.parse(payload["at"]), **{name: payload[name] for name in names})


def _erase_rooms(subject: Subject) -> Leftover:
    found = [source.erase(subject) for source in reversed(sources.all_sources())]
    db.session.flush()
    return Leftover(
        files=[key for one in found for key in one.files],
        outbox=[name for one in found for name in one.outbox],
        keeps_totals=any(one.keeps_totals for one in found),
    )


def _is_to(path: Path, address: str, *, until: float) -> bool:
    try:
        if path.stat().st_mtime > until:
            return False
        to = mail_format.message_from_bytes(path.read_bytes()).get("To", "")
    except FileNotFoundError:
        return False
    return receipts.digest_of(to.strip().lower()) == address
