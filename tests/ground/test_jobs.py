"""Jobs run once in effect: failures wait and come back, a killed worker's lease runs out."""

import errno
from contextvars import Context
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock, jobs, workers
from academy.audit import AuditEntry, record
from academy.db import commit_now, db, reading
from academy.errors import Invalid
from academy.jobs import Job, Lease


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Make a kind of job that writes a row and then raises what the list holds."""
    found: list[Exception] = []

    def work(job: Job, *, name: str) -> None:
        record("jobs.retry", target=name)
        db.session.flush()
        if found:
            raise found.pop()

    monkeypatch.setitem(jobs._handlers, "test", work)
    return found


def written() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0


def test_a_job_runs_once_and_is_done(app: Flask, faults: list[Exception]) -> None:
    job = jobs.add("test", name="a")
    db.session.commit()

    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert (job.state, job.progress, written()) == ("done", 1.0, 1)


def test_a_failed_job_leaves_nothing_and_comes_back_later(app: Flask, faults: list[Exception]) -> None:
    faults.append(RuntimeError("disk full"))
    job = jobs.add("test", name="a")
    db.session.commit()
    jobs.run_due()

    assert (job.state, written()) == ("queued", 0)
    assert job.due > clock.now()
    assert "disk full" in (job.error or "")

    job.due = clock.now()
    db.session.commit()
    jobs.run_due()
    assert (job.state, job.tries, written()) == ("done", 2, 1)


def test_a_refusal_is_final_and_keeps_its_sentence(app: Flask, faults: list[Exception]) -> None:
    faults.append(Invalid("The package has no manifest."))
    job = jobs.add("test", name="a")
    db.session.commit()
    jobs.run_due()

    assert (job.state, job.error, written()) == ("failed", "The package has no manifest.", 0)


def test_the_job_of_a_killed_worker_runs_again_when_its_lease_ends(
    app: Flask, faults: list[Exception]
) -> None:
    job = jobs.add("test", name="a")
    db.session.commit()
    assert jobs.claim()  # and the worker is killed here

    assert jobs.run_due() == 0
    job.leased_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    assert jobs.run_due() == 1
    assert (job.state, job.tries, written()) == ("done", 2, 1)


def test_a_job_waits_without_losing_tries_while_what_it_needs_is_away(
    app: Flask, faults: list[Exception]
) -> None:
    job = jobs.add("test", name="a")
    db.session.commit()
    for _ in range(2 * jobs.MOST_TRIES):
        faults.append(OSError(errno.ENOSPC, "no space left"))
        jobs.run_due()
        assert (job.state, job.tries, written()) == ("queued", 0, 0)
        job.due = clock.now()
        db.session.commit()

    jobs.run_due()
    assert (job.state, job.tries, written()) == ("done", 1, 1)


def test_a_job_of_a_rolled_back_transaction_does_not_exist(app: Flask, faults: list[Exception]) -> None:
    jobs.add("test", name="a")
    db.session.rollback()

    assert jobs.run_due() == 0


def test_a_job_that_takes_every_process_with_it_is_given_up(app: Flask, faults: list[Exception]) -> None:
    job = jobs.add("test", name="a")
    db.session.commit()
    for _ in range(jobs.MOST_TRIES):
        assert jobs.claim()  # and the process dies
        job.leased_until = clock.now() - timedelta(seconds=1)
        db.session.commit()
        assert jobs.take_lost() == 1
    jobs.run_due()

    assert (job.state, written()) == ("failed", 0)
    assert "each try ended with its process" in (job.error or "")


def test_a_run_that_lost_its_lease_keeps_nothing(
    app: Flask, faults: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(job: Job, *, name: str) -> None:
        take(job)
        record("jobs.retry", target=name)

    monkeypatch.setitem(jobs._handlers, "test", overtaken)
    job = jobs.add("test", name="a")
    db.session.commit()
    jobs.run(claimed())

    assert (job.state, job.error, written()) == ("running", None, 0)


def test_no_commit_in_the_middle_of_a_job_is_kept_once_the_lease_is_lost(
    app: Flask, faults: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(job: Job, *, name: str) -> None:
        commit_now()
        take(job)
        record("jobs.retry", target=name)
        commit_now()

    monkeypatch.setitem(jobs._handlers, "test", overtaken)
    job = jobs.add("test", name="a")
    db.session.commit()
    jobs.run(claimed())

    assert (job.state, written()) == ("running", 0)


def test_a_commit_in_a_job_prolongs_its_lease(
    app: Flask, faults: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def work(job: Job, *, name: str) -> None:
        job.leased_until = clock.now() - timedelta(seconds=1)
        commit_now()
        seen.append(job.leased_until)

    monkeypatch.setitem(jobs._handlers, "test", work)
    job = jobs.add("test", name="a")
    db.session.commit()
    jobs.run_due()

    assert [until > clock.now() for until in seen] == [True]
    assert job.state == "done"


def test_a_job_may_end_what_only_read_and_write_afterwards(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_else_writes() -> None:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.update(Job).values(progress=50))

    def work(job: Job) -> None:
        db.session.commit()
        with reading():
            assert db.session.scalar(sa.select(Job.state).where(Job.kind == "test")) == "running"
            Context().run(somebody_else_writes)  # which does not only read
            db.session.commit()
        record("jobs.retry", target="a")

    monkeypatch.setitem(jobs._handlers, "test", work)
    job = jobs.add("test")
    db.session.commit()
    jobs.run_due()

    assert (job.state, job.error, written()) == ("done", None, 1)


def test_regular_work_that_fails_comes_back_and_says_why(app: Flask, faults: list[Exception]) -> None:
    faults.append(Invalid("Not now."))
    job = Job(kind="test", payload={"name": "a"}, every=60)
    db.session.add(job)
    db.session.commit()
    jobs.run_due()
    assert (job.state, job.error, job.due > clock.now()) == ("queued", "Not now.", True)

    job.due = clock.now()
    db.session.commit()
    jobs.run_due()
    assert (job.state, job.error, job.tries, written()) == ("queued", None, 0, 1)


def test_workers_are_waked_after_the_commit_and_not_before(app: Flask) -> None:
    bell = jobs.bell()
    heard = bell.wait(-1, 0)
    jobs.add("test", name="a")
    before = bell.wait(heard, 0)
    db.session.commit()

    assert before == heard
    assert bell.wait(heard, 0) > heard


def test_jobs_that_are_done_are_forgotten_after_a_while_and_failed_ones_are_not(app: Flask) -> None:
    long_ago = clock.now() - timedelta(days=int(app.config["JOBS_KEEP_DAYS"]), minutes=1)
    for state, finished in [("done", long_ago), ("failed", long_ago), ("done", clock.now())]:
        db.session.add(Job(kind=state, payload={}, state=state, finished=finished))
    db.session.flush()
    workers.forget_old()

    assert [job.state for job in db.session.scalars(sa.select(Job).order_by(Job.id))] == ["failed", "done"]


def claimed() -> Lease:
    lease = jobs.claim()
    assert lease is not None
    return lease


def take(job: Job) -> None:
    """Have another worker take the job, in a transaction of its own."""
    held = db.session.info.pop("academy.lease")
    db.session.execute(sa.update(Job).where(Job.id == job.id).values(lease=uuid4()))
    db.session.commit()
    db.session.info["academy.lease"] = held
