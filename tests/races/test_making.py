"""Things that exist once, made by several at once: certificates, numbers, documents, releases, accounts."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import jobs
from academy.accounts import pseudonyms
from academy.accounts.models import Person
from academy.accounts.services import registration
from academy.accounts.services.registration import Application
from academy.audit import record
from academy.audit.models import AuditEntry
from academy.certificates import numbering
from academy.certificates import services as certificates_services
from academy.certificates.models import Certificate
from academy.courses import services as courses_services
from academy.courses.models import Course, Release, Upload
from academy.courses.services import uploads
from academy.courses.services.uploads import Delivery, OutOfStep
from academy.db import db
from academy.progress import rebuilding
from academy.xapi import documents, json_text, store
from academy.xapi.documents import Content, StateShelf
from academy.xapi.errors import PreconditionFailed
from academy.xapi.preconditions import Preconditions
from academy.xapi.relations import identity
from tests import stores
from tests.factories import accounts, certificates, courses, progress, xapi
from tests.races.conftest import Together

MANY = 4


def test_a_certificate_issued_by_several_at_once_is_one(app: Flask, together: Together) -> None:
    seat = certificates.completed_enrolment()
    wanted = seat.registration

    ends = together(*[lambda: certificates_services.issue(wanted).serial] * 3)

    (found,) = db.session.scalars(sa.select(Certificate))
    assert set(ends) == {found.serial}
    assert stores.kept("certificates") == [certificates_services.storage_key(found.serial)]


def test_no_number_of_a_year_is_given_out_twice(app: Flask, together: Together) -> None:
    def take() -> list[str]:
        taken = []
        for _ in range(5):
            taken.append(numbering.next_serial(2031))
            db.session.commit()
        return taken

    ends = together(*[take] * MANY)

    numbers = sorted(serial.split("-")[2] for taken in ends for serial in taken)
    assert numbers == [f"{number:06d}" for number in range(1, 5 * MANY + 1)]


def test_of_several_who_make_a_document_where_none_was_one_succeeds(app: Flask, together: Together) -> None:
    shelf = StateShelf(xapi.activity()["id"], identity(xapi.agent()))
    absent = Preconditions(if_none_match="*")

    def put(text: str) -> str:
        content = Content(text.encode(), "text/plain")
        documents.put(db.session.connection(), shelf, "bookmark", content, given=absent)
        return text

    ends = together(*[lambda text=str(number): put(text) for number in range(MANY)])

    (winner,) = [end for end in ends if isinstance(end, str)]
    assert [type(end) for end in ends if end != winner] == [PreconditionFailed] * (MANY - 1)
    found = documents.read(db.session.connection(), shelf, "bookmark")
    assert found is not None
    assert found.content.data.decode() == winner


def test_statements_and_documents_about_new_things_do_not_wait_crosswise(
    app: Flask, together: Together
) -> None:
    names = [str(number) for number in range(30)]

    def statements() -> None:
        for name in names:
            new = [xapi.statement(actor=xapi.agent(name), object=xapi.activity(name))]
            store.insert(db.session.connection(), new, authority=xapi.AUTHORITY)
            new = [xapi.statement(actor=xapi.agent("b" + name), object=xapi.activity("b" + name))]
            store.insert(db.session.connection(), new, authority=xapi.AUTHORITY)
            db.session.commit()

    def states() -> None:
        for name in names:
            for prefix in ("b", ""):
                who = identity(xapi.agent(prefix + name))
                shelf = StateShelf(xapi.activity(prefix + name)["id"], who)
                content = Content(json_text.encode({name: 1}), "application/json")
                documents.merge(db.session.connection(), shelf, "bookmark", content)
            db.session.commit()

    assert together(statements, states, states) == [None] * 3


def test_publishing_at_once_makes_one_release(app: Flask, together: Together) -> None:
    made = courses.published_course_with_sco()
    courses.package_version(courses.activity(made.course))
    course_id = made.course.id
    before = len(list(db.session.scalars(sa.select(Release))))

    def publish() -> int:
        return courses_services.publish(db.session.get_one(Course, course_id)).number

    ends = together(*[publish] * MANY)

    assert len(set(ends)) == 1, ends
    assert len(list(db.session.scalars(sa.select(Release)))) == before + 1


def test_statements_stored_while_a_course_is_published_are_judged_alike_afterwards(
    app: Flask, together: Together
) -> None:
    made = courses.published_course_with_sco()
    seats = [courses.enrolment(made.course) for _ in range(8)]
    courses.package_version(courses.activity(made.course))
    course_id, leaf = made.course.id, made.leaf
    batches = [progress.session(seat, leaf, completion=True, success=True, scaled=0.9) for seat in seats]

    def learn() -> None:
        for batch in batches:
            progress.keep(*batch)
            db.session.commit()

    def publish() -> None:
        courses_services.publish(db.session.get_one(Course, course_id))

    ends = together(learn, publish)

    assert ends == [None, None]
    assert rebuilding.rebuild(verify=True).differences == []


def test_a_piece_sent_twice_at_once_counts_once(app: Flask, together: Together) -> None:
    delivery = Delivery(courses.course().id, accounts.person().id, "package.zip", 10, "en")
    row = uploads.begin(delivery).id

    def send() -> int:
        upload = db.session.get_one(Upload, row)
        return uploads.receive_piece(upload, start=0, length=10, read=io.BytesIO(b"0123456789").read)

    ends = together(*[send] * MANY)

    assert [end for end in ends if not isinstance(end, OutOfStep)] == [10], ends
    assert len([job for job in db.session.scalars(sa.select(jobs.Job)) if job.kind == "packages.import"]) == 1


def test_registering_twice_at_once_makes_one_account(app: Flask, together: Together) -> None:
    accounts.state("MD")

    def register() -> None:
        application = Application("new@example.org", "Elena Russu", None, "MD", None, "en", "UTC")
        registration.register(application, password_hash="x", address=None)

    ends = together(*[register] * MANY)

    assert ends == [None] * MANY
    (person,) = db.session.scalars(sa.select(Person).where(Person.email == "new@example.org"))
    assert pseudonyms.name_of(person)


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a kind of job that leaves a mark."""
    monkeypatch.setitem(jobs._handlers, "test", lambda job, number: record("jobs.retry", target=number))


def test_jobs_are_done_once_whoever_runs_them(app: Flask, together: Together, noting: Any) -> None:
    for number in range(20):
        jobs.add("test", number=number)

    ends = together(*[jobs.run_due] * MANY)

    done = sorted(int(one) for one in db.session.scalars(sa.select(AuditEntry.target)))
    assert (sum(ends), done) == (20, list(range(20))), ends
