"""An installation that can be killed: server and worker are processes of their own."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

from flask import Flask

from academy.accounts import sessions
from academy.accounts.models import Person
from academy.app import create_app
from academy.db import db
from academy.operation import upgrade
from tests.databases import Database
from tools.bench_server import ACADEMY, Academy, Browser, Refused

STARTS_WITHIN = 120


class Installation(Academy):
    """One instance on a database of its own; the worker is not part of the server."""

    def __init__(self, folder: Path, database: Database, settings: dict[str, str] | None = None) -> None:
        super().__init__(
            folder,
            {
                "ACADEMY_DATABASE_URL": database.url,
                "ACADEMY_STORAGE_URL": f"file:{folder / 'storage'}",
                "ACADEMY_SECRET_KEY": "faults",
                **(settings or {}),
            },
        )
        self.database = database
        self.workers = 2 if database.url.startswith("postgresql") else 1
        self.worker: subprocess.Popen[bytes] | None = None
        self.app = self._prepared()

    def start_all(self) -> "Installation":
        """Start the worker and the server, and wait until it answers."""
        log = (self.folder / "worker.log").open("ab")
        self.worker = subprocess.Popen([ACADEMY, "worker"], env=self.environment, stdout=log, stderr=log)
        log.close()
        self.start(workers=self.workers)
        return self

    def start(self, *, workers: int = 1) -> "Installation":
        """Start the server and wait until it answers, however busy this machine is."""
        self.log = (self.folder / "server.log").open("ab")
        command = [ACADEMY, "serve", "--port", str(self.port), "--workers", str(workers)]
        self.server = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)
        end = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            assert time.monotonic() < end, (self.folder / "server.log").read_text()[-3000:]
            time.sleep(0.1)
        return self

    def answers(self, path: str = "/healthz") -> bool:
        """Say whether the server answers a request well."""
        try:
            with Browser(self) as browser:
                browser.fetch("GET", path)
        except (OSError, HTTPException, Refused):
            return False
        return True

    def kill_all(self) -> None:
        """Kill server and worker without a warning."""
        for process in (self.server, self.worker):
            if process is not None and process.poll() is None:
                _kill_with_children(process)
        self.log.close()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Work with the database in this process; all is committed at the end."""
        with self.app.app_context():
            yield
            db.session.commit()
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()

    def cookie(self, person: Person) -> dict[str, str]:
        """Return the cookie of a person who has signed in."""
        _, token = sessions.begin(person)
        db.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[sessions.KEY] = token
        cookie = client.get_cookie("session")
        assert cookie is not None
        return {"session": cookie.value}

    def _prepared(self) -> Flask:
        names = ("INSTANCE_PATH", "DATABASE_URL", "STORAGE_URL", "SECRET_KEY", "BASE_URL")
        settings: dict[str, Any] = {name: self.environment[f"ACADEMY_{name}"] for name in names}
        Path(settings["INSTANCE_PATH"]).mkdir(parents=True)
        app = create_app(settings)
        with app.app_context():
            upgrade()
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        return app


def _kill_with_children(process: subprocess.Popen[bytes]) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    for child in map(int, children):
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has gone with its parent
    process.wait()
