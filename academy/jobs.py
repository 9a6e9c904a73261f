"""Jobs as a transactional outbox: the row is written with the change that asks for it, workers run it.

A job's own writes commit together with its "done" mark, so a killed worker leaves a lease that runs out
and the job is run again: once in effect, however often it starts.
"""

import logging
import threading
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime, db, new_public_id, release
from academy.errors import DomainError

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_TRIES = 5
POLL_SECONDS = 1.0

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}


class Job(Model):
    """One piece of work for later: queued, running, done, or failed."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state_is_known"),
        sa.Index("ix_job_state_due", "state", "due"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    kind: Mapped[str] = mapped_column(sa.Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonType)
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    due: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    stage: Mapped[str | None] = mapped_column(sa.Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonType)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def report(self, share: float, stage: str) -> None:
        """Show how far the job is (0 to 1) and prolong its lease; only while nothing else is unsaved."""
        release()
        self.progress, self.stage = share, stage
        self.leased_until = clock.now() + LEASE
        db.session.commit()


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
    current_app.extensions["academy.jobs.wake"].set()
    return job


def add_on(connection: sa.Connection, kind: str, **payload: object) -> None:
    """Ask for a piece of work in the transaction of a connection, for listeners to signals of the store."""
    connection.execute(sa.insert(Job).values(kind=kind, payload=payload))
    current_app.extensions["academy.jobs.wake"].set()


def run_due(*, limit: int = 1000) -> int:
    """Run the jobs that are due, one after the other; return how many ran."""
    ran = 0
    while ran < limit and (job_id := _claim()):
        _run(job_id)
        ran += 1
    return ran


def take_up() -> None:
    """Queue again what was under way when the only worker of this database ended; their leases are void."""
    db.session.execute(
        sa.update(Job)
        .where(Job.state == "running")
        .values(state="queued", leased_until=None)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _claim() -> int | None:
    now = clock.now()
    waiting = sa.and_(Job.state == "queued", Job.due <= now)
    lost = sa.and_(Job.state == "running", Job.leased_until < now)
    first = sa.select(Job.id).where(sa.or_(waiting, lost)).order_by(Job.due, Job.id).limit(1)
    if db.session.get_bind().dialect.name == "postgresql":
        first = first.with_for_update(skip_locked=True)
    taken = db.session.scalar(
        sa.update(Job)
        .where(Job.id.in_(first))
        .values(state="running", leased_until=now + LEASE, tries=Job.tries + 1)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return taken


def _run(job_id: int) -> None:
    job = db.session.get_one(Job, job_id)
    try:
        if job.tries > MOST_TRIES:
            raise RuntimeError("each try ended with its process")
        _handlers[job.kind](job, **job.payload)
        job.state, job.finished, job.progress, job.leased_until = "done", clock.now(), 1.0, None
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        _note_failure(job_id, error)


def _note_failure(job_id: int, error: Exception) -> None:
    job = db.session.get_one(Job, job_id)
    final = isinstance(error, DomainError) or job.tries >= MOST_TRIES
    job.error = (
        str(error) if isinstance(error, DomainError) else "".join(traceback.format_exception(error))[-4000:]
    )
    job.state = "failed" if final else "queued"
    job.due = clock.now() + timedelta(seconds=5 * 4**job.tries)
    job.leased_until = None
    job.finished = clock.now() if final else None
    db.session.commit()
    log.log(
        logging.WARNING if isinstance(error, DomainError) else logging.ERROR,
        "job %s %s: %s",
        job.kind,
        job.public_id,
        job.error,
    )


class Worker(threading.Thread):
    """Run jobs and the room's regular sweeps inside the server process."""

    def __init__(self, app: Flask, sweeps: tuple[Callable[[], None], ...] = ()) -> None:
        """Take the application and functions to call every minute."""
        super().__init__(name="academy-worker", daemon=True)
        self.app, self.sweeps, self.stopping = app, sweeps, threading.Event()

    def run(self) -> None:
        """Work until `stop` is called."""
        wake: threading.Event = self.app.extensions["academy.jobs.wake"]
        next_sweep = clock.now()
        self._begin()
        while not self.stopping.is_set():
            wake.wait(POLL_SECONDS)
            wake.clear()
            self._work()
            if clock.now() >= next_sweep:
                self._sweep()
                next_sweep = clock.now() + timedelta(minutes=1)

    def stop(self) -> None:
        """Ask the worker to stop after the present job."""
        self.stopping.set()
        self.app.extensions["academy.jobs.wake"].set()

    def _begin(self) -> None:
        try:
            with self.app.app_context():
                if db.engine.dialect.name == "sqlite":  # served by one process
                    take_up()
        except Exception:
            log.exception("the worker could not take up jobs")

    def _work(self) -> None:
        try:
            with self.app.app_context():
                run_due()
        except Exception:  # the worker outlives a database that is away for a while
            log.exception("the worker could not run jobs")
            self.stopping.wait(POLL_SECONDS)

    def _sweep(self) -> None:
        for sweep in self.sweeps:
            try:
                with self.app.app_context():
                    sweep()
                    db.session.commit()
            except Exception:
                log.exception("a sweep failed")


def init_app(app: Flask) -> None:
    """Prepare the event that wakes workers; they poll as well, so a missed one costs a second."""
    app.extensions["academy.jobs.wake"] = threading.Event()
