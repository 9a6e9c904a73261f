"""What administrators do with jobs."""

import re
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import audit, clock, jobs
from academy.db import db
from academy.errors import Conflict
from academy.jobs import Job

#: The line after the last place of a traceback.
_KIND = re.compile(r"^ .*\n([A-Za-z_][\w.]*)(?=:|$)", re.MULTILINE)
_FREE: dict[str, Any] = {"lease": None, "leased_until": None}


def retry(job: Job) -> None:
    """Start a failed job again, or one at once that waits for its next try. Raises Conflict."""
    _change(
        job,
        sa.or_(Job.state == "failed", sa.and_(Job.state == "queued", Job.error.is_not(None))),
        **_FREE,
        **_anew(),
    )
    audit.record("jobs.retry", target=audit.Target(job.public_id, job.kind))
    jobs.wake_after(db.session.connection())


def retry_all(kind: str) -> int:
    """Start all failed jobs of a kind again; return how many."""
    failed = sa.update(Job).where(Job.kind == kind, Job.state == "failed", Job.every.is_(None))
    again = db.session.execute(
        failed.values(**_FREE, **_anew()).execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if again:
        audit.record("jobs.retry", target=audit.Target(kind, kind), after={"jobs": again})
        jobs.wake_after(db.session.connection())
    return int(again)


def give_up(job: Job) -> None:
    """Take a job that waits or runs as failed; what its run does from now on is not kept. Raises Conflict."""
    _change(job, Job.state.in_(("queued", "running")), **_FREE, state="failed", finished=clock.now())
    audit.record("jobs.cancel", target=audit.Target(job.public_id, job.kind))


def delete(job: Job) -> None:
    """Remove a failed job for good. Raises Conflict."""
    kind = _kind_of(job.error)
    before = {"error": kind} if kind else None
    audit.record("jobs.delete", target=audit.Target(job.public_id, job.kind), before=before)
    gone = sa.delete(Job).where(Job.id == job.id, Job.state == "failed")
    if not db.session.execute(gone.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise Conflict(_l("The job is not as this page showed it. Look at it again."))
    db.session.expunge(job)


def _anew() -> dict[str, Any]:
    return {"state": "queued", "due": clock.now(), "tries": 0, "finished": None, "progress": 0.0}


def _change(job: Job, condition: sa.ColumnElement[bool], **values: Any) -> None:
    change = sa.update(Job).where(Job.id == job.id, Job.every.is_(None), condition).values(**values)
    done = db.session.execute(change.execution_options(synchronize_session=False))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Conflict(_l("The job is not as this page showed it. Look at it again."))
    db.session.expire(job)


def _kind_of(error: str | None) -> str | None:
    """Return the kind of an error that was caught; what it says may name people, and the record stays."""
    kinds = _KIND.findall(error or "")
    return kinds[-1] if kinds else None
