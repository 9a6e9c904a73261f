"""Issuing and revoking certificates.

Issuing has three steps, so that nothing slow happens while the database is locked, and a process killed
between any two of them leaves nothing that the next run does not find: `prepare` takes the number and
freezes the facts; `draw` draws the document and stores it; `enter` makes the row, once for a registration.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from academy import audit, clock, mail, storage
from academy.accounts import links
from academy.accounts.models import Person
from academy.certificates import numbering, queries, records
from academy.certificates.errors import AlreadyRevoked, NoCertificates, NotCompleted
from academy.certificates.facts import Facts, footnotes_for
from academy.certificates.models import Certificate
from academy.courses.models import Course
from academy.db import commit_now, db, found_or_made, lock
from academy.progress import queries as progress_queries

NEWS = timedelta(days=1)


def issue(registration: UUID) -> Certificate:
    """Issue the certificate of a completed course, or return the one that was issued.

    Commits, for drawing takes time. Raises NotCompleted, NoCertificates.
    """
    issued = queries.of_registration(registration)
    if issued is not None:
        return issued
    facts = prepare(registration)
    commit_now()
    return enter(registration, facts, digest=draw(facts))


def prepare(registration: UUID) -> Facts:
    """Take a number and gather what the certificate will say; raises NotCompleted, NoCertificates."""
    found = queries.completion_of(registration)
    if found is None or found.progress.completed is None:
        raise NotCompleted
    course, person, progress = found.course, found.person, found.progress
    if not issues_certificates(course):
        raise NoCertificates
    now = clock.now()
    return Facts(
        serial=numbering.next_serial(now.year),
        language=person.language,
        name_latin=person.name_latin,
        name_cyrillic=person.name_cyrillic,
        course_code=course.code,
        course_title=course.title,
        course_version=progress.release,
        hours=course.hours,
        completed=clock.rfc3339(found.progress.completed),
        issued=clock.rfc3339(now),
        time_zone=person.time_zone,
        taken_in=progress_queries.language_taken(found.enrolment) or None,
        success=progress.success,
        score_scaled=progress.score_scaled,
        modules=list(course.facts.get("modules", [])),
        footnotes=footnotes_for(course.title),
        demo=course.demo,
    )


def draw(facts: Facts) -> str:
    """Draw the document and store it; return its SHA-256. The same facts give the same file."""
    from academy.certificates import document  # noqa: PLC0415 -- slow import

    pdf = document.render(facts)
    storage.put(storage_key(facts.serial), pdf)
    return sha256(pdf).hexdigest()


def tell(certificate: Certificate) -> None:
    """Write to the holder that the certificate is there; a completion of long ago is no news."""
    facts = Facts.read(certificate.facts)
    person = db.session.get(Person, certificate.person_id)
    if person is None or clock.now() - clock.parse(facts.completed) > NEWS:
        return
    mail.send(
        to=person.email,
        language=person.language,
        template="mail/certificate",
        facts=facts,
        url=links.absolute("progress.course_home", code=facts.course_code),
        check_url=numbering.verification_address(facts.serial),
    )


def enter(registration: UUID, facts: Facts, *, digest: str) -> Certificate:
    """Make the row of a certificate whose document is stored.

    Where another run was faster, its certificate is returned and the document drawn here is removed.
    """
    entered = found_or_made(
        lambda: queries.of_registration(registration), lambda: _row(registration, facts, digest=digest)
    )
    if entered.serial != facts.serial:
        storage.delete(storage_key(facts.serial))
    return entered


def _row(registration: UUID, facts: Facts, *, digest: str) -> Certificate:
    found = queries.completion_of(registration)
    if found is None:
        raise NotCompleted
    return Certificate(
        serial=facts.serial,
        registration=registration,
        person_id=found.person.id,
        course_id=found.course.id,
        facts=facts.as_json(),
        pdf_sha256=digest,
        issued=clock.parse(facts.issued),
    )


def discard(facts: Facts) -> None:
    """Remove a document that was drawn and will not be entered."""
    storage.delete(storage_key(facts.serial))


def revoke(serial: str, *, reason: str) -> Certificate:
    """Declare a certificate void, with a reason for the public; raises UnknownSerial, AlreadyRevoked."""
    certificate = queries.by_serial(serial)
    lock(certificate)
    if certificate.status == "revoked":
        raise AlreadyRevoked
    before: dict[str, object] = {"status": certificate.status}
    certificate.status, certificate.revoked, certificate.reason = "revoked", clock.now(), reason
    audit.record(
        "certificates.revoke",
        target=records.certificate(certificate),
        before=before,
        after={"status": "revoked"},
        reason=reason,
    )
    db.session.flush()
    return certificate


def issues_certificates(course: Course) -> bool:
    """Say whether completing the course earns a certificate; courses do, unless their facts say no."""
    told = course.facts.get("certificate", True)
    kind = told.get("type", "completion") if isinstance(told, dict) else told
    return kind not in {False, None, "none"}


def storage_key(serial: str) -> str:
    """Return where the document of a certificate lies."""
    return f"certificates/{serial}.pdf"
