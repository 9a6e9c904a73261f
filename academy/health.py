"""Whether this process answers, and whether everything it needs does: database, storage, workers, disk."""

import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, Response, current_app, jsonify

from academy import clock, storage, workers
from academy.db import db, reading
from academy.jobs import Job
from academy.security import access

VERSIONS = Path(__file__).parent / "migrations" / "versions"
SECONDS = 3.0
KEPT_SECONDS = 2.0
OLDEST_JOB = timedelta(minutes=10)
MEGABYTE = 1_000_000

#: A check returns None where all is well, else what is wrong, in words that may be read by anybody.
Check = Callable[[], str | None]


@dataclass(frozen=True)
class Finding:
    """What came of one check."""

    name: str
    fault: str | None


class Checks:
    """The checks of this process: each with a time limit, never twice at once, and not at every call anew."""

    def __init__(self, app: Flask, checks: Mapping[str, Check]) -> None:
        """Take the application, in whose context checks run, and the checks by name."""
        self._app, self._checks = app, checks
        self._threads = ThreadPoolExecutor(len(checks), "academy-check")
        self._running: dict[str, Future[str | None]] = {}
        self._findings: list[Finding] = []
        self._lock, self._at = Lock(), float("-inf")

    def findings(self) -> list[Finding]:
        """Return what is well and what is not, as it is now or was a moment ago."""
        with self._lock:
            if time.monotonic() - self._at > KEPT_SECONDS:
                end = time.monotonic() + SECONDS
                for name in self._checks:
                    self._begin(name)
                self._findings = [Finding(name, self._fault(name, end)) for name in self._checks]
                self._at = time.monotonic()
            return self._findings

    def _begin(self, name: str) -> None:
        if name not in self._running:  # one that hangs is not begun again
            self._running[name] = self._threads.submit(self._run, self._checks[name])

    def _run(self, check: Check) -> str | None:
        with self._app.app_context(), reading():
            try:
                return check()
            finally:
                db.session.remove()

    def _fault(self, name: str, end: float) -> str | None:
        try:
            fault = self._running[name].result(max(0.0, end - time.monotonic()))
        except TooSlow:
            return f"does not answer within {SECONDS:g} seconds"
        except Exception:
            current_app.logger.exception("the check of %s failed", name)
            fault = "does not answer"
        del self._running[name]
        return fault


def init_app(app: Flask) -> None:
    """Add the two open routes that monitors and proxies ask."""
    checks = {"database": database, "storage": store, "workers": working, "disk": disk}
    app.extensions["academy.checks"] = Checks(app, checks)
    app.add_url_rule("/healthz", "healthz", access.public(healthz))
    app.add_url_rule("/readyz", "readyz", access.public(readyz))


def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


def readyz() -> tuple[Response, int]:
    """Say whether everything is there that requests and jobs need, and name what is not."""
    findings: list[Finding] = current_app.extensions["academy.checks"].findings()
    missing = [one.name for one in findings if one.fault]
    checks = {one.name: one.fault or "ok" for one in findings}
    status = "not ready" if missing else "ready"
    return jsonify(status=status, missing=missing, checks=checks), 503 if missing else 200


def database() -> str | None:
    """Check that the database answers and has the form of this version."""
    if not sa.inspect(db.engine).has_table("alembic_version"):
        return "is empty: run `academy db upgrade`"
    at = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if at == head() else f"is at revision {at}, not {head()}: run `academy db upgrade`"


def store() -> str | None:
    """Check that files can be stored."""
    key = f"probes/{uuid4()}"
    try:
        storage.put(key, b"academy")
        storage.delete(key)
    except (storage.StorageGone, OSError):
        return "takes no files"
    return None


def working() -> str | None:
    """Check that somebody runs jobs, and that none has been due for long."""
    if not workers.alive():
        return "none is alive: jobs and mail wait"
    first = sa.select(sa.func.min(Job.due)).where(Job.state == "queued", Job.every.is_(None))
    due = db.session.scalar(first)
    if due is not None and clock.now() - due > OLDEST_JOB:
        return f"a job has been due for {(clock.now() - due) // timedelta(minutes=1)} minutes"
    return None


def disk() -> str | None:
    """Check that the disks of the instance and of a local store have room."""
    least = int(current_app.config["DISK_FREE_MB"])
    for place in places():
        free = shutil.disk_usage(place).free // MEGABYTE
        if free < least:
            return f"has {free} MB left, less than {least}"
    return None


def places() -> list[Path]:
    """Return the folders of this machine that fill: the instance, and a store that is a folder."""
    parts = urlsplit(str(current_app.config["STORAGE_URL"]))
    folders = [Path(str(current_app.config["INSTANCE_PATH"]))]
    if parts.scheme == "file":
        folders.append(Path(parts.netloc + parts.path))
    return [folder for folder in folders if folder.exists()]


@cache
def head() -> str:
    """Return the newest revision of the database that this version knows."""
    return max(path.name[:4] for path in VERSIONS.glob("[0-9]*_*.py"))
