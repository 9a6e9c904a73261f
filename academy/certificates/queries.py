"""Reads of certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from academy.accounts import scope
from academy.accounts.models import Person
from academy.certificates import numbering
from academy.certificates.errors import UnknownSerial
from academy.certificates.facts import Facts
from academy.certificates.models import Certificate
from academy.courses.models import Course, Enrolment
from academy.db import db
from academy.progress.models import CourseProgress


@dataclass(frozen=True)
class Completion:
    """What a certificate is made of."""

    enrolment: Enrolment
    course: Course
    person: Person
    progress: CourseProgress


def completion_of(registration: UUID) -> Completion | None:
    """Return the completed course of a registration; None where it is not completed, or nobody's any more."""
    row = db.session.execute(
        sa.select(Enrolment, Course, Person, CourseProgress)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(CourseProgress, CourseProgress.registration == Enrolment.registration)
        .where(
            Enrolment.registration == registration,
            CourseProgress.completed.is_not(None),
            Person.erased.is_(False),
        )
    ).one_or_none()
    return Completion(*row) if row else None


def of_registration(registration: UUID) -> Certificate | None:
    """Return the certificate of a registration."""
    return db.session.scalar(sa.select(Certificate).where(Certificate.registration == registration))


_SHOWN = sa.select(Certificate.serial, Certificate.status, Certificate.revoked, Certificate.reason).where(
    Certificate.registration == sa.bindparam("registration")
)


def shown_of(registration: UUID) -> sa.Row[str, str, datetime | None, str | None] | None:
    """Return serial, status, and when and why it was revoked, of the certificate of a registration."""
    return db.session.connection().execute(_SHOWN, {"registration": registration}).one_or_none()


def of_person(person: Person) -> Sequence[Certificate]:
    """Return a person's certificates, newest first."""
    return db.session.scalars(
        sa.select(Certificate)
        .where(Certificate.person_id == person.id)
        .order_by(Certificate.issued.desc(), Certificate.id.desc())
    ).all()


_LISTED = (
    sa.select(Certificate.serial, Certificate.status, Certificate.facts["course_title"])
    .where(Certificate.person_id == sa.bindparam("person"))
    .order_by(Certificate.issued.desc(), Certificate.id.desc())
)


def listed_of(person: Person) -> Sequence[sa.Row[str, str, Mapping[str, str]]]:
    """Return serial, status and title of the course of a person's certificates, newest first."""
    return db.session.connection().execute(_LISTED, {"person": person.id}).all()


def by_serial(written: str) -> Certificate:
    """Return the certificate of a number, however it is spelt; raises UnknownSerial."""
    serial = numbering.parsed(written)
    found = db.session.scalar(sa.select(Certificate).where(Certificate.serial == serial)) if serial else None
    if found is None:
        raise UnknownSerial
    return found


def visible(serial: str, *, viewer: Person) -> Certificate:
    """Return a certificate of the viewer or of somebody in the viewer's scope; raises UnknownSerial."""
    found = db.session.scalar(
        sa.select(Certificate)
        .join(Person, Person.id == Certificate.person_id)
        .where(
            Certificate.serial == serial,
            sa.or_(Person.id == viewer.id, scope.people_filter(viewer)),
        )
    )
    if found is None:
        raise UnknownSerial
    return found


def by_digest(digest: str) -> Certificate | None:
    """Return the certificate whose stored document has this SHA-256."""
    return db.session.scalar(sa.select(Certificate).where(Certificate.pdf_sha256 == digest).limit(1))


def facts_of(certificate: Certificate) -> Facts:
    """Return what a certificate says."""
    return Facts.read(certificate.facts)


def count() -> int:
    """Count all certificates that were issued."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Certificate)) or 0
