"""Jobs run once in effect: failures wait and come back, a killed worker's lease runs out."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock, jobs
from academy.audit import AuditEntry, record
from academy.db import db
from academy.errors import Invalid
from academy.jobs import Job


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


