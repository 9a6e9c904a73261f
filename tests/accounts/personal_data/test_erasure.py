"""Erasing a person: nothing that tells who it was is left, and every total is what it was."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from academy import audit, jobs, mail, storage
from academy.accounts import queries
from academy.accounts.models import Person, Pseudonym
from academy.accounts.personal_data import erasure, receipts
from academy.accounts.personal_data.erasure import LastAdministratorStays
from academy.accounts.personal_data.models import ErasureReceipt
from academy.audit import AuditEntry
from academy.certificates import checking
from academy.courses.models import Course, Enrolment, Launch
from academy.db import db
from academy.jobs import Job
from academy.progress import rebuilding
from academy.reports import participations
from academy.reports import queries as reports
from academy.reports.filters import Filters
from academy.xapi.models import Statement
from tests.factories import accounts, people
from tests.factories.people import Traces


def erased(person: Person, **options: Any) -> ErasureReceipt:
    receipt = erasure.erase(person, reason="asked for by the person", **options)
    db.session.commit()
    erasure.remove_queued_files(receipt)
    return receipt


def test_the_traces_are_found_before(traces: Traces) -> None:
    found = " ".join(people.left_of())

    tables = (
        "person.email",
        "person.folded",
        "xapi_statement.payload",
        "xapi_agent.identity",
        "audit_text.content",
    )
    more = (
        "certificate.facts",
        "job.payload",
        "attempt.data",
        "xapi_state.content",
        "search_posting.stem",
        ".pdf",
        ".eml",
    )
    assert [one for one in (*tables, *more) if one not in found] == []


def test_nothing_that_tells_who_it_was_is_left(traces: Traces) -> None:
    erased(traces.person)

    assert people.left_of() == []


def test_a_file_of_sqlite_does_not_hold_it_in_free_pages(traces: Traces) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's files are its own affair")
    assert words_in_the_file()

    erased(traces.person)

    assert words_in_the_file() == []


def words_in_the_file() -> list[str]:
    """Return what tells of the person in the bytes of the database, once its log is worked in."""
    path = db.engine.url.database
    assert path
    db.session.commit()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = Path(path).read_bytes().decode("utf-8", "replace").lower()
    return [word for word in people.TELLING if word in content]


def test_the_address_is_known_to_nobody_and_no_pseudonym_has_a_person(traces: Traces) -> None:
    pseudonym = traces.person.pseudonym.name

    erased(traces.person)

    assert queries.person_by_email(people.EMAIL) is None
    assert db.session.get(Pseudonym, pseudonym) is None
    assert not db.session.scalar(sa.select(sa.exists().where(Launch.person_id == traces.person.id)))
    assert traces.person.public_id not in {
        entry.person for entry in db.session.scalars(sa.select(AuditEntry))
    }


def test_totals_stay_as_they_were(traces: Traces) -> None:
    viewer, secretariat = accounts.coordinator("MD"), accounts.person(roles=("secretariat",))
    before = reports.matrix(viewer, Filters(), page=1, size=25, language="en")
    statements = db.session.scalar(sa.select(sa.func.count()).select_from(Statement))

    erased(traces.person)
    after = reports.matrix(viewer, Filters(), page=1, size=25, language="en")

    totals = ("courses", "person_count", "participations", "certificates")
    assert [getattr(after, name) for name in totals] == [getattr(before, name) for name in totals]
    assert (before.certificates, before.person_count) == (1, 2)
    everything = reports.matrix(secretariat, Filters(), page=1, size=25, language="en")
    assert [getattr(everything, name) for name in totals] == [getattr(before, name) for name in totals]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == statements
    assert [row.name for row in after.people] == ["Ana Colleague"]
    assert (after.erased_count, after.listed_count) == (1, 1)
    in_files = [person for people in participations.by_batch(viewer, Filters()) for person, _taken in people]
    assert [person.email for person in in_files] == [traces.colleague.email]


def test_progress_can_be_rebuilt_afterwards(traces: Traces) -> None:
    erased(traces.person)

    assert rebuilding.rebuild(verify=True).differences == []


def test_statements_stay_under_the_pseudonym(traces: Traces) -> None:
    pseudonym = str(traces.person.pseudonym.name)

    erased(traces.person)
    payloads = {
        row.id: bytes(row.payload).decode()
        for row in db.session.scalars(sa.select(Statement).where(Statement.id.in_(traces.statement_ids)))
    }
    named = [pseudonym in payloads[one] for one in traces.statement_ids]

    assert named == [True, True, True, True, True, True, False]
    assert '"response":"Меня зовут [erased], пишите [erased]"' in payloads[traces.statement_ids[1]]
    assert "somebody-else" in payloads[traces.statement_ids[-1]]


def test_attached_files_go_unless_others_sent_the_same(traces: Traces) -> None:
    erased(traces.person)
    kept = [storage.read(one.key) for one in storage.listed("attachments")]

    assert kept == [people.SHARED]


def test_other_people_keep_their_mail(traces: Traces) -> None:
    erased(traces.person)
    mails = sa.select(Job).where(Job.kind == "mail.send").order_by(Job.id)
    queued = [job.payload for job in db.session.scalars(mails)]

    assert [payload["text"] for payload in queued] == [
        "[erased] [erased] ([erased]) waits.",
        "Nothing about anybody.",
    ]
    assert [path.stem for path in mail.outbox().glob("*.eml")] == ["other"]


def test_acts_stay_without_words(traces: Traces) -> None:
    public_id = traces.person.public_id

    erased(traces.person)
    acts = [
        (entry.act, entry.door)
        for entry in db.session.scalars(sa.select(AuditEntry).where(AuditEntry.person == public_id))
    ]

    assert ("person.confirm", "command") in acts
    assert acts[-1] == (audit.ERASURE, "command")
    assert (
        db.session.scalars(sa.select(AuditEntry).where(AuditEntry.actor == public_id)).one().act
        == "person.confirm"
    )


def test_courses_stay_without_their_author(traces: Traces) -> None:
    erased(traces.person)

    assert db.session.get_one(Course, traces.course.id).author_id is None


def test_the_receipt_counts_and_names_nobody(traces: Traces) -> None:
    staff = accounts.person(roles=["administrator"])

    receipt = erased(traces.person, by=staff)

    assert receipt.actor == staff.public_id
    assert receipt.counts["certificates"] == {"certificates": 1}
    assert receipt.counts["statements"] == {"documents": 2, "attachments": 2}
    assert receipt.counts["mail"] == {"queued": 2, "outbox": 2}
    assert receipt.digest == receipts.digest_of(people.EMAIL)


def test_a_reason_in_which_staff_wrote_the_name_is_kept_without_it(traces: Traces) -> None:
    receipt = erasure.erase(traces.person, reason="Letter of Ms Przybylska, 12 March")

    assert receipt.reason == "Letter of Ms [erased], 12 March"


def test_a_certificate_says_that_it_was_withdrawn(traces: Traces) -> None:
    serial = traces.certificate.serial
    pdf = storage.read(f"certificates/{serial}.pdf")

    erased(traces.person)

    assert checking.number(serial) == checking.Check("erased", serial, None)
    assert checking.file(pdf) == checking.Check("erased", serial, None)
    assert not storage.exists(f"certificates/{serial}.pdf")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("valid", "nobody can say any more whose it was"),
        ("revoked", "The data of the holder has since been erased"),
    ],
)
def test_the_public_page_says_so(traces: Traces, client: FlaskClient, status: str, words: str) -> None:
    serial, traces.certificate.status = traces.certificate.serial, status

    erased(traces.person)
    answer = client.get(f"/verify/{serial}")

    assert answer.status_code == 200
    assert words in answer.text
    assert traces.course.title["en"] not in answer.text


def test_a_revoked_certificate_stays_revoked(traces: Traces) -> None:
    serial = traces.certificate.serial
    traces.certificate.status = "revoked"

    erased(traces.person)

    assert checking.number(serial) == checking.Check("revoked", serial, None)


def test_the_nameless_row_that_is_counted_has_another_number(traces: Traces) -> None:
    serial = traces.certificate.serial

    erased(traces.person)
    row = traces.certificate
    db.session.refresh(row)

    assert row.serial != serial
    assert serial not in str(row.facts)
    assert (row.person_id, row.pdf_sha256, row.registration) == (None, "", traces.seat.registration)


def test_somebody_without_a_seat_leaves_no_row(traces: Traces) -> None:
    visitor = accounts.person(email="visitor@example.org")

    erased(visitor)

    assert db.session.get(Person, visitor.id) is None


def test_what_stays_of_a_learner_tells_the_month_and_the_state_only(traces: Traces) -> None:
    public_id, number = traces.person.public_id, traces.person.id

    erased(traces.person)
    row = db.session.get_one(Person, number)

    assert row.erased
    assert row.public_id != public_id
    assert (row.name_latin, row.name_cyrillic, row.password_hash, row.active) == ("", None, None, False)
    assert (row.state_code, row.organisation_id, row.language) == ("MD", None, "en")
    assert (row.created.day, row.created.hour) == (1, 0)
    assert db.session.get_one(Enrolment, traces.seat.id).person_id == number


def test_a_small_unit_is_not_kept_and_a_large_one_is(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ministry = accounts.organisation("Ministry")
    post = accounts.organisation("Post 7", parent=ministry)
    for _number in range(5):
        accounts.person(organisation=ministry)
    people_of_post = [accounts.person(organisation=post) for _number in range(2)]
    from tests.factories import courses

    for one in people_of_post:
        courses.enrolment(person=one)
    lonely = accounts.person(organisation=accounts.organisation("Alone", state="GE"), state="GE")
    courses.enrolment(person=lonely)

    for one in (people_of_post[0], lonely):
        erased(one)

    assert people_of_post[0].organisation_id == ministry.id
    assert lonely.organisation_id is None


def test_a_namesake_keeps_everything(traces: Traces) -> None:
    namesake = accounts.person(email="z@example.org", name_latin=people.LATIN)
    jobs.add("mail.send", to=namesake.email, subject="Hello", text=f"Dear {people.LATIN}, hello.", html="")

    erased(traces.person)
    texts = [job.payload["text"] for job in db.session.scalars(sa.select(Job).where(Job.kind == "mail.send"))]

    assert f"Dear {people.LATIN}, hello." in texts
    assert namesake.name_latin == people.LATIN


def test_the_only_administrator_stays(app: Any) -> None:
    only = accounts.person(roles=["administrator"])

    with pytest.raises(LastAdministratorStays):
        erasure.erase(only, reason="x")


def test_the_job_removes_files_and_mails_that_came_late_and_may_run_twice(traces: Traces) -> None:
    receipt = erasure.erase(traces.person, reason="x")
    db.session.commit()
    (mail.outbox() / "late.eml").write_text(f"To: {people.EMAIL}\n\nHello.\n")

    for _run in range(2):
        db.session.execute(sa.update(Job).where(Job.kind == "accounts.remove_files").values(state="queued"))
        db.session.execute(sa.delete(Job).where(Job.kind == "mail.send"))
        db.session.commit()
        jobs.run_due()

    assert people.left_of() == []
    assert receipt.number


def test_an_erasure_that_fails_leaves_everything(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "write", lambda *rest, **more: 1 / 0)
    db.session.commit()

    with pytest.raises(ZeroDivisionError):
        erasure.erase(traces.person, reason="x")
    db.session.rollback()

    assert queries.person_by_email(people.EMAIL) is not None
    assert storage.exists(f"certificates/{traces.certificate.serial}.pdf")
    assert (mail.outbox() / "own.eml").exists()


def test_mails_to_an_address_with_letters_that_fold_into_others_go_too(app: Any) -> None:
    person = accounts.person(email="groß@example.org")
    db.session.add(
        Job(kind="mail.send", payload={"to": person.email, "subject": "Hello", "text": "", "html": ""})
    )
    (mail.outbox() / "own.eml").write_text(f"To: {person.email}\n\nHello.\n")
    head = "To: x@example.org\nContent-Type: text/plain; charset=utf-8\n\n"
    (mail.outbox() / "other.eml").write_text(f"{head}About {person.email}.\n")

    erased(person)

    assert list(db.session.scalars(sa.select(Job).where(Job.kind == "mail.send"))) == []
    assert list(mail.outbox().glob("*.eml")) == []
