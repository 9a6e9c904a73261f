"""The page of jobs: figures, filters, a fixed number of queries, and what administrators do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import audit, clock, jobs, workers
from academy.accounts.models import Person
from academy.administration.words import kind_name
from academy.audit import AuditEntry
from academy.db import db
from academy.jobs import Job
from academy.workers import Worker
from tests.factories import accounts

SignIn = Callable[[Person], FlaskClient]
TRACE = "Traceback (most recent call last):\n  File …\nOSError: the mail server is away"


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    return sign_in(accounts.person(roles=["administrator"]))


def job(kind: str = "mail.send", state: str = "queued", **facts: object) -> Job:
    made = Job(kind=kind, payload={}, state=state, **facts)
    db.session.add(made)
    db.session.commit()
    return made


def failed(kind: str = "mail.send") -> Job:
    return job(kind, "failed", error=TRACE, tries=5, finished=clock.now())


def worker(host: str, *, seen: datetime) -> None:
    facts = {"place": "process", "threads": 3, "pid": 42, "started": seen}
    db.session.add(Worker(id=uuid4(), host=host, seen=seen, **facts))
    db.session.commit()


def acts() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))


def test_it_shows_figures_failures_and_who_works(admin: FlaskClient) -> None:
    job(due=clock.now() - timedelta(hours=1))
    job(error=TRACE, tries=2, due=clock.now() + timedelta(minutes=5))
    job("packages.import", "running", progress=0.25, leased_until=clock.now())
    failed("certificates.issue")
    job(state="done", finished=clock.now())
    db.session.add(
        Worker(
            id=uuid4(),
            host="node-7",
            pid=42,
            place="process",
            threads=3,
            started=clock.now(),
            seen=clock.now(),
        )
    )
    db.session.commit()
    page = admin.get("/admin/jobs").get_data(as_text=True)

    for text in (
        "OSError: the mail server is away",
        "25%",
        "node-7",
        "Reading of a package",
        "Will be tried again",
    ):
        assert text in page
    assert "Nobody runs jobs" not in page
    assert "Traceback" not in page


def test_it_says_when_nobody_works(admin: FlaskClient) -> None:
    db.session.add(
        Worker(
            id=uuid4(),
            host="old",
            pid=1,
            place="server",
            threads=1,
            started=clock.now(),
            seen=clock.now() - jobs.LEASE * 2,
        )
    )
    job()

    assert "Nobody runs jobs" in admin.get("/admin/jobs").get_data(as_text=True)
    assert "Nobody runs jobs" in admin.get("/admin").get_data(as_text=True)


def test_filters_are_in_the_address(admin: FlaskClient) -> None:
    mail, package, other = failed(), failed("packages.import"), job("packages.import")
    page = admin.get("/admin/jobs?state=job-failed&kind=packages.import").get_data(as_text=True)

    shown = [str(one.public_id) in page for one in (mail, package, other)]
    assert shown == [False, True, False]
    assert 'href="/admin/jobs?state=job-failed"' in page
    assert admin.get("/admin/jobs?state=nonsense&kind=%00&page=x").status_code == 400
    assert admin.get("/admin/jobs?state=nonsense&kind=x&page=x").status_code == 200


def test_a_long_queue_has_pages_and_costs_no_more_queries(
    admin: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    failed()
    with queries() as few:
        admin.get("/admin/jobs")
    for number in range(120):
        db.session.add(Job(kind=f"kind.{number % 7}", payload={}, state="failed", error=TRACE))
    db.session.commit()
    with queries() as many:
        page = admin.get("/admin/jobs").get_data(as_text=True)

    assert len(many) == len(few)
    assert 'href="/admin/jobs?page=3"' in page
    assert page.count("the mail server is away") == 50
    assert admin.get("/admin/jobs?page=3").get_data(as_text=True).count("the mail server is away") == 21


def test_a_failed_job_is_started_again(admin: FlaskClient) -> None:
    found = failed()
    answer = admin.post(f"/admin/jobs/{found.public_id}/retry")

    assert answer.location == f"/admin/jobs/{found.public_id}"
    assert (found.state, found.tries, found.finished, found.due <= clock.now()) == ("queued", 0, None, True)
    assert acts() == ["jobs.retry"]


def test_all_failed_jobs_of_a_kind_are_started_again_and_no_others(admin: FlaskClient) -> None:
    mails, other, done = [failed(), failed()], failed("packages.import"), job(state="done")
    admin.post("/admin/jobs/retry", data={"kind": "mail.send"})

    assert [one.state for one in (*mails, other, done)] == ["queued", "queued", "failed", "done"]
    assert acts() == ["jobs.retry"]
    assert admin.post("/admin/jobs/retry", lint=False).status_code == 422


def test_a_job_that_waits_for_its_next_try_can_be_tried_now_or_given_up(admin: FlaskClient) -> None:
    later = clock.now() + timedelta(hours=1)
    now, never = job(error=TRACE, due=later, tries=3), job(error=TRACE, due=later, tries=3)
    admin.post(f"/admin/jobs/{now.public_id}/retry")
    admin.post(f"/admin/jobs/{never.public_id}/give-up")

    assert (now.state, now.due <= clock.now()) == ("queued", True)
    assert (never.state, never.error) == ("failed", TRACE)
    assert acts() == ["jobs.retry", "jobs.cancel"]


def test_what_a_job_does_after_it_was_given_up_is_not_kept(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(found: Job) -> None:
        held = db.session.info.pop("academy.lease")
        admin.post(f"/admin/jobs/{found.public_id}/give-up")
        db.session.info["academy.lease"] = held
        jobs.add("effect")

    monkeypatch.setitem(jobs._handlers, "test", work)
    found = job("test")
    jobs.run_due(limit=1)

    assert found.state == "failed"
    assert db.session.scalars(sa.select(Job).where(Job.kind == "effect")).all() == []


@pytest.mark.parametrize("act", ["retry", "give-up", "delete"])
def test_what_is_done_stays_as_it_is(admin: FlaskClient, act: str) -> None:
    found = job(state="done", finished=clock.now())
    answer = admin.post(f"/admin/jobs/{found.public_id}/{act}", lint=False)

    assert (answer.status_code, found.state, acts()) == (409, "done", [])


def test_a_failed_job_is_deleted_after_a_question(admin: FlaskClient) -> None:
    found = failed()
    address = f"/admin/jobs/{found.public_id}/delete"
    assert "Delete this job?" in admin.get(address).get_data(as_text=True)
    admin.post(address)

    assert db.session.scalars(sa.select(Job)).all() == []
    assert acts() == ["jobs.delete"]


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (TRACE, {"error": "OSError"}),
        (f"{TRACE}\n  RCPT failed\nana@example.org: unknown", {"error": "OSError"}),
        ("Traceback:\n  File …\na.b.Refused: ana@example.org\nAna Popa", {"error": "a.b.Refused"}),
        ("Nobody has the address ana@example.org.", None),
        (None, None),
    ],
)
def test_the_record_keeps_the_kind_of_the_error_and_nothing_that_names_people(
    admin: FlaskClient, error: str | None, kept: object
) -> None:
    found = job("mail.send", "failed", error=error, finished=clock.now())
    admin.post(f"/admin/jobs/{found.public_id}/delete")

    entry = db.session.scalars(sa.select(AuditEntry)).one()
    words = audit.said([entry])[entry.id]
    assert (words.label, words.before) == ("mail.send", kept)


def test_the_page_of_a_job_shows_its_whole_error(admin: FlaskClient) -> None:
    page = admin.get(f"/admin/jobs/{failed().public_id}").get_data(as_text=True)

    assert "Traceback (most recent call last)" in page
    assert admin.get(f"/admin/jobs/{uuid4()}", lint=False).status_code == 404


def test_regular_work_is_shown_apart_and_cannot_be_changed(admin: FlaskClient) -> None:
    found = job("workers.forget_old", every=60)
    page = admin.get("/admin/jobs").get_data(as_text=True)

    assert "Forget jobs that are long done" in page
    assert "No jobs yet" in page
    for act in ("retry", "give-up", "delete"):
        assert admin.post(f"/admin/jobs/{found.public_id}/{act}", lint=False).status_code == 404


def test_every_kind_of_job_has_a_name_for_people(app: Flask) -> None:
    kinds = {kind for kind in jobs._handlers if not kind.startswith(("test", "trial"))} | {
        *app.extensions["academy.sweeps"]
    }

    assert "accounts.forget_requests" in kinds
    assert {kind for kind in kinds if kind_name(kind) == kind} == set()


def test_two_sweeps_of_one_name_are_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="workers.forget_old"):
        workers.sweep(app, workers.forget_old)


@pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "editor", "observer"])
def test_others_see_and_do_nothing(app: Flask, sign_in: SignIn, role: str) -> None:
    person = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=[role])
    client, found = sign_in(person), failed()
    address = f"/admin/jobs/{found.public_id}"
    answers = [client.get(address, lint=False), client.get(f"{address}/delete", lint=False)]
    answers += [client.post(f"{address}/{act}", lint=False) for act in ("retry", "give-up", "delete")]
    answers.append(client.post("/admin/jobs/retry", data={"kind": "mail.send"}, lint=False))

    assert [answer.status_code for answer in answers] == [403] * 6
    assert not any("mail server" in answer.get_data(as_text=True) for answer in answers)
    assert (found.state, acts()) == ("failed", [])
