"""Issuing once and for good, revoking with a reason."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa

from academy import audit, clock, jobs, storage
from academy.audit import AuditEntry
from academy.certificates import document, services
from academy.certificates.errors import AlreadyRevoked, NoCertificates, NotCompleted, UnknownSerial
from academy.certificates.models import Certificate, SerialCounter
from academy.courses.models import Enrolment
from academy.db import db
from academy.jobs import Job
from tests.factories import accounts, certificates, courses
from tests.factories import progress as learning

pytestmark = pytest.mark.usefixtures("app")


def issued() -> list[Certificate]:
    return list(db.session.scalars(sa.select(Certificate)))


def jobs_of(kind: str) -> list[Job]:
    return list(db.session.scalars(sa.select(Job).where(Job.kind == kind)))


def test_completion_issues_one_certificate_by_a_job() -> None:
    person = accounts.person(
        name_latin="Elena Russu", name_cyrillic="Елена Руссу", language="ru", time_zone="Europe/Chisinau"
    )
    seat = certificates.completed_enrolment(person=person, title={"en": "A", "ru": "Б"}, hours=3.0)
    courses.enrolment(seat.course)  # noise: has not completed
    db.session.commit()
    assert issued() == []

    jobs.run_due()

    (found,) = issued()
    assert (found.serial[:12], found.registration, found.person_id, found.status) == (
        f"PPTA-{clock.now().year}-00",
        seat.registration,
        person.id,
        "valid",
    )
    facts = dict(found.facts)
    assert facts.pop("issued") == clock.rfc3339(found.issued)
    assert facts == {
        "serial": found.serial,
        "language": "ru",
        "name_latin": "Elena Russu",
        "name_cyrillic": "Елена Руссу",
        "course_code": seat.course.code,
        "course_title": {"en": "A", "ru": "Б"},
        "course_version": 1,
        "hours": 3.0,
        "completed": "2026-03-12T09:10:00.000000Z",
        "time_zone": "Europe/Chisinau",
        "taken_in": None,
        "success": "passed",
        "score_scaled": 0.9,
        "modules": [],
        "footnotes": [],
        "demo": False,
    }
    pdf = storage.read(f"certificates/{found.serial}.pdf")
    assert pdf.startswith(b"%PDF-")
    assert found.pdf_sha256 == sha256(pdf).hexdigest()


def test_job_run_twice_issues_one_certificate() -> None:
    seat = certificates.completed_enrolment()
    jobs.add("certificates.issue", registration=str(seat.registration))
    db.session.commit()

    jobs.run_due()

    assert len(issued()) == 1
    assert [job.state for job in jobs_of("certificates.issue")] == ["done", "done"]
    assert db.session.scalars(sa.select(SerialCounter.last)).all() == [1]


@pytest.mark.parametrize("step", ["render", "put", "enter"])
def test_job_killed_between_steps_goes_on_with_the_same_number(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates.completed_enrolment()
    db.session.commit()

    with monkeypatch.context() as broken:
        where: Any = {"render": document, "put": storage, "enter": services}[step]
        broken.setattr(where, step, killed)
        with pytest.raises(SystemExit):
            jobs.run_due()
        db.session.rollback()
    db.session.execute(sa.update(Job).values(state="queued", leased_until=None))
    db.session.commit()
    jobs.run_due()

    (found,) = issued()
    assert found.serial.startswith(f"PPTA-{clock.now().year}-000001-")
    assert db.session.scalars(sa.select(SerialCounter.last)).all() == [1]
    assert storage.exists(services.storage_key(found.serial))


@pytest.mark.parametrize("way", ["job", "command"])
def test_document_is_drawn_outside_of_any_transaction(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = certificates.completed_enrolment()
    db.session.commit()
    render, open_while_drawing = document.render, []

    def watched(facts: Any) -> bytes:
        open_while_drawing.append(db.session().in_transaction())
        return render(facts)

    monkeypatch.setattr(document, "render", watched)
    if way == "job":
        jobs.run_due()
    else:
        services.issue(seat.registration)

    assert open_while_drawing == [False]


def test_enter_after_a_faster_run_keeps_the_first_and_removes_the_second_document() -> None:
    seat = certificates.completed_enrolment()
    slow = services.prepare(seat.registration)
    digest = services.draw(slow)
    first = services.issue(seat.registration)

    found = services.enter(seat.registration, slow, digest=digest)

    assert found == first
    assert issued() == [first]
    assert not storage.exists(services.storage_key(slow.serial))
    assert storage.exists(services.storage_key(first.serial))


def test_issue_of_what_is_not_completed_refuses() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    learning.keep(*learning.session(seat, made.leaf, completion=False))

    with pytest.raises(NotCompleted):
        services.issue(seat.registration)
    assert db.session.scalars(sa.select(SerialCounter)).all() == []


@pytest.mark.parametrize("told", [False, None, "none", {"type": "none"}])
def test_course_without_certificates_issues_none(told: object) -> None:
    seat = certificates.completed_enrolment(facts={"certificate": told})
    db.session.commit()

    jobs.run_due()

    assert issued() == []
    assert [job.state for job in jobs_of("certificates.issue")] == ["done"]
    with pytest.raises(NoCertificates):
        services.issue(seat.registration)


def test_document_stays_as_it_was_when_person_and_course_change() -> None:
    made = certificates.certificate(title={"en": "Before"})
    key = services.storage_key(made.serial)
    before = (storage.read(key), dict(made.facts))
    seat = db.session.scalars(sa.select(courses.Enrolment)).one()
    seat.person.name_latin, seat.course.title = "Somebody Else", {"en": "After"}

    services.issue(made.registration)

    assert (storage.read(key), dict(made.facts)) == before


def test_revoke_keeps_reason_and_moment_and_is_audited() -> None:
    made, other = certificates.certificate(), certificates.certificate()

    services.revoke(made.serial.lower(), reason="Issued by mistake")

    assert (made.status, made.reason) == ("revoked", "Issued by mistake")
    assert made.revoked is not None
    assert other.status == "valid"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "certificates.revoke")).one()
    words = audit.said([entry])[entry.id]
    assert (entry.target, words.after, words.reason) == (
        made.serial,
        {"status": "revoked"},
        "Issued by mistake",
    )
    with pytest.raises(AlreadyRevoked):
        services.revoke(made.serial, reason="Again")


def test_revoke_of_an_unknown_number_refuses() -> None:
    with pytest.raises(UnknownSerial):
        services.revoke("PPTA-2026-000999-7F", reason="x")


def test_job_writes_to_the_holder_of_a_fresh_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    old = certificates.completed_enrolment()
    monkeypatch.setattr(learning, "START", clock.now() - timedelta(hours=1))
    fresh = certificates.completed_enrolment(
        person=accounts.person(name_cyrillic="Елена Руссу", language="ru"), title={"en": "A", "ru": "Б"}
    )
    db.session.commit()

    jobs.run_due(limit=2)

    (sent,) = jobs_of("mail.send")
    assert sent.payload["to"] == fresh.person.email != old.person.email
    assert "Елена Руссу" in sent.payload["text"]
    assert f"http://localhost:5000/learn/{fresh.course.code}" in sent.payload["text"]
    assert f"/verify/{certificate_of(fresh).serial}" in sent.payload["html"]


def certificate_of(seat: Enrolment) -> Certificate:
    return next(one for one in issued() if one.registration == seat.registration)


def killed(*args: object, **values: object) -> None:
    raise SystemExit
