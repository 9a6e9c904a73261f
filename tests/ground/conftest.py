"""Processes that tests of the ground start and stop: workers, and a Redis of their own."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import sqlalchemy as sa
from flask import Flask

from academy import jobs
from academy.db import db, reading
from academy.jobs import Job
from academy.workers import Worker

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Wait until something is so; conditions ask the database by `look`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children without a warning."""
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    process.kill()
    process.wait()


def pause(process: subprocess.Popen[bytes]) -> None:
    """Stop a process as a suspended machine does, at a moment when it holds nothing in the database.

    One that sleeps with SQLite's write lock in its hand stops all others, and so it would in a real
    Academy: that is why several machines need PostgreSQL, which ends such transactions.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        process.send_signal(signal.SIGSTOP)
        if not _somebody_writes():
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    raise AssertionError("the process never lets go of the database")


def _somebody_writes() -> bool:
    if db.engine.dialect.name == "postgresql":
        open_now = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"""
        with db.engine.connect() as connection:
            return bool(connection.exec_driver_sql(open_now).scalar())
    with contextlib.closing(sqlite3.connect(str(db.engine.url.database), timeout=0.3)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def look(statement: sa.Select[Any]) -> list[Any]:
    """Return what is in the database now, and hold no lock that others wait for."""
    with reading():
        rows = list(db.session.scalars(statement))
        db.session.expunge_all()
        db.session.rollback()
    return rows


class RedisServer:
    """A Redis server on a free port, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                assert time.monotonic() < end, "Redis does not answer"
                time.sleep(0.05)
        client.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server on this machine: install Debian's package of that name")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


class Processes:
    """Workers and servers on the database of the test, whose jobs can be watched (see `trial`)."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.folder, self.all = folder, []
        self.environment = os.environ | {
            "ACADEMY_INSTANCE_PATH": str(app.config["INSTANCE_PATH"]),
            "ACADEMY_DATABASE_URL": str(app.config["DATABASE_URL"]),
            "ACADEMY_SECRET_KEY": "test",
            "TRIAL_FOLDER": str(folder),
        }

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker process and wait until it is known."""
        return self._started([sys.executable, "-m", "tests.ground.trial"], environment)

    def server(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a server with granian and wait until its worker is known."""
        return self._started([sys.executable, "-m", "granian", *arguments], environment)

    def _started(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        known = self.known()
        log = (self.folder / "processes.log").open("ab")
        with log:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment | environment, stdout=log, stderr=log
            )
        self.all.append(process)
        assert eventually(lambda: self.known() - known), (self.folder / "processes.log").read_text()[-4000:]
        return process

    def known(self) -> set[object]:
        return set(look(sa.select(Worker.id)))

    def add(self, *names: str) -> None:
        """Ask for trials, and commit."""
        for name in names:
            jobs.add("trial", name=name)
        db.session.commit()

    def begun(self, name: str) -> list[int]:
        """Return the process ids of the runs that began."""
        file = self.folder / f"{name}.begun"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def let_end(self, *names: str) -> None:
        """Let trials end."""
        for name in names:
            (self.folder / f"{name}.go").touch()

    def job(self, name: str) -> Job:
        """Return the job of a trial."""
        return next(
            job for job in look(sa.select(Job).where(Job.kind == "trial")) if job.payload == {"name": name}
        )

    def effects(self, name: str) -> int:
        """Count the effects of a trial."""
        found = look(sa.select(Job.payload).where(Job.kind == "trial.effect"))
        return [payload["name"] for payload in found].count(name)

    def end(self) -> None:
        for process in self.all:
            if process.poll() is None:
                kill(process)


@pytest.fixture
def processes(app: Flask, tmp_path: Path) -> Iterator[Processes]:
    (tmp_path / "trials").mkdir()
    found = Processes(app, tmp_path / "trials")
    yield found
    found.end()
    shutil.rmtree(Path(str(app.config["INSTANCE_PATH"])) / "workers", ignore_errors=True)
