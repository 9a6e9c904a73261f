"""Jobs as a transactional outbox: the row is written with the change that asks for it, workers run it.

Who runs a job holds a lease with a token. Every commit made for the job holds on to the lease in the same
transaction and fails where it was lost, and the last one marks the job as done: once in effect, however
often it starts and whoever is killed. Processes that run jobs are in `academy.workers`.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from academy import clock, logs, trace, waking
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime, db, new_public_id, reading, release
from academy.errors import DomainError, is_passing
from academy.transactions import began_reading

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
AWAY_PAUSE = timedelta(seconds=10)
MOST_TRIES = 5
FIRST_PAUSE = timedelta(seconds=5)

_HELD, _ADDED = "academy.lease", "academy.jobs"
Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}


class Job(Model):
    """Work for later: queued, running, done, or failed; regular work is queued again when it is done."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state_is_known"),
        sa.Index("ix_job_state_due", "state", "due"),
        sa.Index("ix_job_state_finished", "state", "finished"),
        sa.Index(
            "uq_job_regular_kind",
            "kind",
            unique=True,
            sqlite_where=sa.text("every IS NOT NULL"),
            postgresql_where=sa.text("every IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonType)
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    due: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    every: Mapped[int | None]  # seconds between two runs of regular work
    worker: Mapped[UUID | None] = mapped_column(PublicId)
    lease: Mapped[UUID | None] = mapped_column(sa.Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    stage: Mapped[str | None] = mapped_column(sa.Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonType)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def report(self, share: float, stage: str) -> None:
        """Show how far the job is (0 to 1); only while nothing else is unsaved. Raises LeaseLost."""
        release()
        self.progress, self.stage = share, stage
        db.session.commit()


class Lease(NamedTuple):
    """The right to run a job: whoever has taken the job since has another token."""

    job_id: int
    token: UUID


class LeaseLost(Exception):
    """Somebody else has taken the job, or it was given up; nothing of this run may be kept."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that does jobs of a kind; it is called with the job and the payload as keywords."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def add(kind: str, *, due: datetime | None = None, **payload: object) -> Job:
    """Ask for a piece of work, in the present transaction."""
    job = Job(kind=kind, payload=payload, due=due or clock.now())
    db.session.add(job)
    db.session.flush()
    wake_after(db.session.connection())
    return job


def add_on(connection: sa.Connection, kind: str, **payload: object) -> None:
    """Ask for a piece of work in the transaction of a connection, for listeners to signals of the store."""
    connection.execute(sa.insert(Job).values(kind=kind, payload=payload))
    wake_after(connection)


def wake_after(connection: sa.Connection) -> None:
    """Wake workers when the transaction of a connection has ended, not before."""
    connection.info[_ADDED] = True


def run_due(*, limit: int = 1000, worker: UUID | None = None) -> int:
    """Run the jobs that are due, one after the other; return how many ran."""
    take_lost()
    ran = 0
    while ran < limit and (lease := claim(worker)):
        run(lease)
        ran += 1
    return ran


def claim(worker: UUID | None = None) -> Lease | None:
    """Take the job that has been due for longest, where there is one; commits."""
    now = clock.now()
    first = sa.select(Job.id).where(Job.state == "queued", Job.due <= now).order_by(Job.due, Job.id).limit(1)
    with reading():  # an idle worker takes no turn to write
        found = db.session.scalar(first)
        db.session.commit()
    if found is None:
        return None
    token = uuid4()
    taken = db.session.scalar(
        sa.update(Job)
        .where(Job.id == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(state="running", worker=worker, lease=token, leased_until=now + LEASE, tries=Job.tries + 1)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return Lease(taken, token) if taken else None


def run(lease: Lease) -> None:
    """Do a job that was claimed, and mark it as done in the transaction of its last changes."""
    with trace.work("worker", "job") as work:
        outcome = _try(lease, work)
        logs.job(work.name, work.code, outcome)


def _try(lease: Lease, work: trace.Work) -> str:
    """Run a job as far as it gets; return what came of it: done, refused, failed or lost."""
    session = db.session()
    session.info[_HELD] = lease
    try:
        job = session.get_one(Job, lease.job_id)
        work.name, work.code, work.regular = job.kind, str(job.public_id), bool(job.every)
        if job.tries > MOST_TRIES and not job.every:
            raise RuntimeError("each try ended with its process")
        _handlers[job.kind](job, **job.payload)
        _end(lease, **_done(job))
    except LeaseLost:
        session.rollback()
        log.warning("job %s is run by somebody else by now; this run leaves nothing", lease.job_id)
        return "lost"
    except Exception as error:
        session.rollback()
        return _note_failure(lease, error)
    finally:
        session.info.pop(_HELD, None)
    return "done"


def renew(leases: set[Lease]) -> None:
    """Prolong leases that are still held; one whose job is being committed renews itself. Commits."""
    if not leases:
        return
    tokens = [lease.token for lease in leases]
    mine = sa.select(Job.id).where(Job.id.in_([lease.job_id for lease in leases]), Job.lease.in_(tokens))
    _update(Job.id.in_(mine.with_for_update(skip_locked=True)), leased_until=clock.now() + LEASE)
    db.session.commit()


def give_back(leases: set[Lease]) -> int:
    """Queue jobs again that are not finished, as though they had not been begun; return how many. Commits."""
    tokens = [lease.token for lease in leases]
    mine = sa.select(Job.id).where(Job.lease.in_(tokens), Job.state == "running")
    back = _update(Job.id.in_(mine.with_for_update(skip_locked=True)), **_QUEUED, tries=Job.tries - 1)
    db.session.commit()
    return back


def take_from(worker: UUID) -> int:
    """Queue again what a worker was doing that has died; return how many jobs. Commits."""
    taken = _update(Job.worker == worker, Job.state == "running", **_QUEUED)
    db.session.commit()
    return taken


def take_lost() -> int:
    """Queue again what nobody does any longer: the lease has run out. Commits."""
    lost = sa.select(Job.id).where(Job.state == "running", Job.leased_until < clock.now())
    with reading():
        found = db.session.scalars(lost).all()
        db.session.commit()
    if not found:
        return 0
    taken = _update(Job.id.in_(lost.with_for_update(skip_locked=True)), **_QUEUED)
    db.session.commit()
    return taken


_QUEUED: dict[str, Any] = {"state": "queued", "lease": None, "leased_until": None}


def _done(job: Job) -> dict[str, Any]:
    if job.every:
        due = clock.now() + timedelta(seconds=job.every)
        return {**_QUEUED, "due": due, "tries": 0, "error": None, "finished": clock.now()}
    return {**_QUEUED, "state": "done", "progress": 1.0, "finished": clock.now()}


def _note_failure(lease: Lease, error: Exception) -> str:
    job = db.session.get_one(Job, lease.job_id)
    kind, public_id = job.kind, job.public_id
    away = is_passing(error)  # what the job needs is not there just now, so that this was no try
    refused = isinstance(error, DomainError) and not away
    text = str(error) if refused else "".join(traceback.format_exception(error))[-4000:]
    try:
        end = _wait(job) if away else _failed(job, final=refused or job.tries >= MOST_TRIES)
        _end(lease, error=text, **end)
    except LeaseLost:
        db.session.rollback()
    log.log(logging.WARNING if refused else logging.ERROR, "job %s %s: %s", kind, public_id, text)
    return "refused" if refused else "failed"


def _wait(job: Job) -> dict[str, Any]:
    return {**_QUEUED, "tries": job.tries - 1, "due": clock.now() + AWAY_PAUSE}


def _failed(job: Job, *, final: bool) -> dict[str, Any]:
    if job.every:
        return {**_QUEUED, "due": clock.now() + timedelta(seconds=job.every)}
    if final:
        return {**_QUEUED, "state": "failed", "finished": clock.now()}
    return {**_QUEUED, "due": clock.now() + FIRST_PAUSE * 4**job.tries}


def _end(lease: Lease, /, **values: Any) -> None:
    db.session.info.pop(_HELD, None)
    if not _update(Job.id == lease.job_id, Job.lease == lease.token, **values):
        raise LeaseLost
    db.session.commit()


def _hold_on(session: Session) -> None:
    """Keep the lease with every commit of a running job that may have written; refuse it where it is lost."""
    lease = session.info.get(_HELD)
    if lease is None or session.in_nested_transaction() or began_reading(session.connection()):
        return
    if not _update(Job.id == lease.job_id, Job.lease == lease.token, leased_until=clock.now() + LEASE):
        raise LeaseLost


def _update(*where: Any, **values: Any) -> int:
    change = sa.update(Job).where(*where).values(**values).execution_options(synchronize_session=False)
    result = db.session.execute(change)
    return int(result.rowcount)  # type: ignore[attr-defined]


event.listen(db.session, "before_commit", _hold_on)


def _ring_after(app: Flask) -> None:
    def ring(connection: object, record: Any) -> None:
        if record.info.pop(_ADDED, False):
            app.extensions["academy.bell"].ring()

    event.listen(db.engine, "checkin", ring)


def init_app(app: Flask) -> None:
    """Prepare the bell that wakes workers, rung when a transaction that added jobs has ended."""
    app.extensions["academy.bell"] = waking.bell(str(app.config["JOBS_URL"]))
    with app.app_context():
        _ring_after(app)


def bell() -> waking.Bell:
    """Return the bell that wakes workers."""
    found: waking.Bell = current_app.extensions["academy.bell"]
    return found
