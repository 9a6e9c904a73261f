"""Who runs jobs: the server, or processes of their own; each has an identity that dies with the process."""

import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock, jobs
from academy.db import Model, UtcDateTime, db, new_public_id
from academy.jobs import Job, Lease

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
POLL_SECONDS_WITH_REDIS = 5.0
BEAT_SECONDS = 10.0
GONE = timedelta(days=1)
SWEEP_SECONDS = 60
THREADS = 2

Sweep = Callable[[], object]


class Worker(Model):
    """A process that runs jobs, with the moment of its last sign of life."""

    __tablename__ = "worker"

    id: Mapped[UUID] = mapped_column(sa.Uuid, primary_key=True)
    host: Mapped[str] = mapped_column(sa.Text)
    pid: Mapped[int]
    place: Mapped[str] = mapped_column(sa.String(10))
    threads: Mapped[int]
    started: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)


def init_app(app: Flask) -> None:
    """Prepare the list of regular work, which `app.py` fills."""
    app.extensions["academy.sweeps"] = []


def sweep(app: Flask, function: Sweep) -> None:
    """Have a function called every minute, by one worker at a time; called in app.py only.

    Raises ValueError where another function of the room has the same name: one of them would never be called.
    """
    kind = kind_of(function)
    if kind in app.extensions["academy.sweeps"]:
        raise ValueError(f"two sweeps are called {kind}")
    app.extensions["academy.sweeps"].append(kind)

    def sweep_now(job: Job) -> None:
        function()

    jobs.handler(kind)(sweep_now)


def kind_of(function: Sweep) -> str:
    """Return the kind of job that stands for a sweep: its room and its name."""
    return f"{function.__module__.split('.')[1]}.{function.__name__}"


def alive() -> list[Worker]:
    """Return the workers that gave a sign of life while a lease would last."""
    since = clock.now() - jobs.LEASE
    return list(db.session.scalars(sa.select(Worker).where(Worker.seen >= since).order_by(Worker.started)))


def forget_old() -> None:
    """Remove jobs that were done long ago, and workers that have been silent for a day."""
    done_before = clock.now() - timedelta(days=int(current_app.config["JOBS_KEEP_DAYS"]))
    db.session.execute(sa.delete(Job).where(Job.state == "done", Job.finished < done_before))
    db.session.execute(sa.delete(Worker).where(Worker.seen < clock.now() - GONE))


class Crew:
    """The threads of this process that run jobs, and one that keeps their leases and gives signs of life."""

    def __init__(self, app: Flask, *, threads: int = THREADS, place: str = "server") -> None:
        """Take the application, the number of jobs at a time, and where this is (server, process)."""
        self.app, self.place = app, place
        self.id = new_public_id()
        self._bell = app.extensions["academy.bell"]
        self._poll = POLL_SECONDS_WITH_REDIS if app.config["JOBS_URL"] else POLL_SECONDS
        self._stopping, self._entered = threading.Event(), threading.Event()
        self._leases: set[Lease] = set()
        self._sign: IO[str] | None = None
        self._hands = [self._thread(self._work, f"academy-worker-{n}") for n in range(1, threads + 1)]
        self._keeper = self._thread(self._keep, "academy-worker-keeper")

    def start(self) -> None:
        """Begin to work; where the database is away, as soon as it is back."""
        self._bell.listen()
        for thread in (self._keeper, *self._hands):
            thread.start()

    def stop(self, grace: float) -> None:
        """Take no more jobs, wait for those under way at most `grace` seconds, and give back the others."""
        self._stopping.set()
        self._bell.ring()
        end = time.monotonic() + grace
        for thread in self._hands:
            thread.join(max(0.0, end - time.monotonic()))
        leaving = self._thread(self._leave, "academy-worker-leaving")
        leaving.start()
        leaving.join(5)  # a database that is away must not hold up the end; leases run out by themselves

    def stop_with_process(self, grace: float) -> None:
        """Stop when the main thread of this process ends."""

        def wait() -> None:
            threading.main_thread().join()
            self.stop(grace)

        threading.Thread(target=wait, name="academy-worker-end").start()  # which Python waits for

    def _thread(self, target: Callable[[], None], name: str) -> threading.Thread:
        return threading.Thread(target=target, name=name, daemon=True)

    def _work(self) -> None:
        heard = -1
        self._entered.wait()
        while not self._stopping.is_set():
            try:
                while not self._stopping.is_set() and self._one():
                    pass
            except Exception:  # a worker outlives a database that is away for a while
                log.exception("the worker could not run jobs")
            heard = self._bell.wait(heard, self._poll)

    def _one(self) -> bool:
        with self.app.app_context():
            lease = jobs.claim(self.id)
            if lease is None:
                return False
            self._leases.add(lease)
            try:
                jobs.run(lease)
            finally:
                self._leases.discard(lease)
        return True

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                with self.app.app_context():
                    self._beat() if self._entered.is_set() else self._enter()
            except Exception:
                log.exception("the worker could not give a sign of life")
            self._stopping.wait(BEAT_SECONDS if self._entered.is_set() else POLL_SECONDS)

    def _enter(self) -> None:
        self._sign = self._sign or sign_of_life(self.id)
        take_up()
        _want_regular_work(current_app.extensions["academy.sweeps"])
        now = clock.now()
        db.session.add(Worker(id=self.id, started=now, seen=now, **self._facts()))
        db.session.commit()
        self._entered.set()

    def _facts(self) -> dict[str, object]:
        return {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "place": self.place,
            "threads": len(self._hands),
        }

    def _beat(self) -> None:
        jobs.renew(set(self._leases))
        seen = sa.update(Worker).where(Worker.id == self.id).values(seen=clock.now())
        known = db.session.execute(seen).rowcount  # type: ignore[attr-defined]
        db.session.commit()
        if not known:  # this process slept for longer than a day
            self._enter()
        take_up()
        jobs.take_lost()

    def _leave(self) -> None:
        try:
            with self.app.app_context():
                jobs.give_back(set(self._leases))
                db.session.execute(sa.delete(Worker).where(Worker.id == self.id))
                db.session.commit()
        except Exception:
            log.exception("the worker could not give back its jobs; their leases run out")
        if self._sign is not None:
            Path(self._sign.name).unlink(missing_ok=True)
            self._sign.close()


def sign_of_life(worker: UUID) -> IO[str]:
    """Return a file that this process holds locked until it ends, however it ends."""
    draft = _signs() / f".{worker}"
    file = draft.open("w")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    draft.rename(_signs() / str(worker))  # not before it is locked
    return file


def take_up() -> None:
    """Queue again what workers of this instance folder were doing whose process has ended."""
    for path in sorted(_signs().glob("[!.]*")):
        with _sign_of_the_dead(path) as worker:
            if worker is None:
                continue
            taken = jobs.take_from(worker)
            db.session.execute(sa.delete(Worker).where(Worker.id == worker))
            db.session.commit()
            log.warning("worker %s has died; %s of its jobs are queued again", worker, taken)
            path.unlink(missing_ok=True)


@contextmanager
def _sign_of_the_dead(path: Path) -> Iterator[UUID | None]:
    try:
        file = path.open()
    except FileNotFoundError:  # another worker has seen to it
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield UUID(path.name)


def _signs() -> Path:
    folder = Path(str(current_app.config["INSTANCE_PATH"])) / "workers"
    folder.mkdir(exist_ok=True)
    return folder


def _want_regular_work(kinds: list[str]) -> None:
    wanted = set(kinds)
    known = set(db.session.scalars(sa.select(Job.kind).where(Job.every.is_not(None))))
    for kind in sorted(wanted - known):
        try:
            with db.session.begin_nested():
                db.session.add(Job(kind=kind, payload={}, every=SWEEP_SECONDS))
        except sa.exc.IntegrityError:
            log.info("another worker has asked for %s at the same moment", kind)
    db.session.execute(sa.delete(Job).where(Job.every.is_not(None), Job.kind.not_in(wanted)))
