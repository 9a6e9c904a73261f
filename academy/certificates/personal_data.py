"""What certificates hold about a person: documents with a name, and numbers that lead to them.

After an erasure a number is remembered as one of ours and nothing else; the nameless row that totals count
has another number, so that a printed certificate leads to nobody's learning.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import storage
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
from academy.certificates import queries, services
from academy.certificates.facts import Facts
from academy.certificates.models import Certificate, ErasedSerial
from academy.courses.models import Enrolment
from academy.db import db
from academy.jobs import Job
from academy.tables import Column

COLUMNS = (
    Column("serial", _l("Number")),
    Column("course", _l("Course")),
    Column("status", _l("Status")),
    Column("issued", _l("Issued"), "datetime"),
)


def _holdings(subject: Subject) -> Iterator[Holding]:
    count = len(queries.of_person(subject.person))
    yield Holding("certificates", _l("Certificates with their documents"), count)
    yield Holding("counted", _l("Certificates in totals, without number and name"), count, "stays")


def _export(subject: Subject) -> Iterator[Document | StoredFile]:
    found = queries.of_person(subject.person)
    yield Document("certificates", _l("Certificates"), COLUMNS, [_entry(one) for one in found])
    for one in found:
        pieces = partial(storage.pieces, services.storage_key(one.serial))
        yield StoredFile(f"certificates/{one.serial}.pdf", pieces)


def _entry(certificate: Certificate) -> Entry:
    facts = queries.facts_of(certificate)
    shown: dict[str, object] = {
        "serial": certificate.serial,
        "course": facts.title,
        "status": certificate.status,
    }
    more: dict[str, object] = {
        "issued": certificate.issued,
        "revoked": certificate.revoked,
        "reason": certificate.reason,
    }
    return Entry(
        shown | more | {"status": outcome(certificate.status)}, shown | more | {"facts": facts.as_json()}
    )


def _erase(subject: Subject) -> Leftover:
    files = []
    for certificate in queries.of_person(subject.person):
        files.append(services.storage_key(certificate.serial))
        status = "revoked" if certificate.status == "revoked" else "erased"
        db.session.add(ErasedSerial(serial=certificate.serial, status=status))
        _make_nameless(certificate)
    seats = sa.select(Enrolment.registration).where(Enrolment.person_id == subject.id)
    for registration in db.session.scalars(seats):
        made = Job.payload["registration"].as_string() == str(registration)
        forgotten = sa.update(Job).where(Job.kind == "certificates.issue", made).values(result=None)
        db.session.execute(forgotten.execution_options(synchronize_session=False))
    db.session.flush()
    return Leftover(files=files)


def _make_nameless(certificate: Certificate) -> None:
    number = f"erased-{secrets.token_hex(8)}"
    facts = queries.facts_of(certificate)
    plain = Facts(
        serial=number,
        language="en",
        name_latin="",
        name_cyrillic=None,
        course_code=facts.course_code,
        course_title=facts.course_title,
        course_version=facts.course_version,
        hours=facts.hours,
        completed=facts.completed,
        issued=facts.issued,
    )
    certificate.facts = replace(plain, footnotes=facts.footnotes).as_json()
    certificate.serial, certificate.person_id = number, None
    certificate.pdf_sha256, certificate.reason = "", None


SOURCE = Source(
    name="certificates",
    title=_l("Certificates"),
    tables=frozenset(("certificate", "erased_serial")),
    holdings=_holdings,
    export=_export,
    erase=_erase,
)
