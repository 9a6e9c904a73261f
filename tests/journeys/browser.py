"""A real server in a process of its own, on an instance of its own, and a real Chromium to look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from academy.app import create_app
from academy.courses.models import Course
from academy.courses.packages import importing
from academy.courses.packages.importing import Destination
from academy.db import db
from academy.operation import upgrade
from tests import databases

PROJECT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 30
DEMO_LEARNERS = "12"


class Server:
    """The Academy in a process of its own; may be killed and started again on the same instance."""

    def __init__(self, instance: Path, *, database: str = "sqlite") -> None:
        """Take the folder, and the kind of database."""
        self.instance, self.port = instance, _free_port()
        self.database_url = databases.made(database, instance).url
        self.url = f"http://localhost:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.app = self._prepared()

    def start(self) -> "Server":
        """Start and wait until it answers."""
        with (self.instance / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(self.port)]
                + ["--host", "127.0.0.1", "--blocking-threads", "16", "academy.wsgi:app"],
                cwd=PROJECT,
                env=os.environ | self.environment,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            assert time.monotonic() < end, (self.instance / "server.log").read_text()[-3000:]
            time.sleep(0.1)
        return self

    def kill(self) -> None:
        """Kill without a warning; granian's worker processes are killed with it."""
        assert self.process is not None
        for child in _children(self.process.pid):
            os.kill(child, 9)
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    @contextmanager
    def database(self) -> Iterator[None]:
        """Work with the server's database in this process: all is committed at the end."""
        with self.app.app_context():
            yield
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def command(self, *arguments: str, given: str | None = None) -> str:
        """Run a command of the Academy in this process, which is quick; return what it prints."""
        with self.database():
            done = self.app.test_cli_runner().invoke(args=list(arguments), input=given)
        assert done.exit_code == 0, (arguments, done.output[-2000:], done.exception)
        return done.stdout

    def shell(self, *arguments: str, given: str | None = None) -> str:
        """Run a command line of the Academy on this instance and return what it prints; it must succeed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("academy")), *arguments],
            cwd=PROJECT,
            env=os.environ | self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of the server."""
        return {
            "ACADEMY_INSTANCE_PATH": str(self.instance),
            "ACADEMY_DATABASE_URL": self.database_url,
            "ACADEMY_BASE_URL": self.url,
            "ACADEMY_SECRET_KEY": "browser-tests",
        }

    def _prepared(self) -> Flask:
        app = create_app(
            {
                "INSTANCE_PATH": str(self.instance),
                "DATABASE_URL": self.database_url,
                "STORAGE_URL": f"file:{self.instance / 'storage'}",
                "SECRET_KEY": "browser-tests",
                "BASE_URL": self.url,
                "CONTENT_ORIGIN": f"http://{{label}}.localhost:{self.port}",
            }
        )
        with app.app_context():
            upgrade()
            db.session.remove()
            db.engine.dispose()
        return app

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def import_package(course: Course, file: Path, *, language: str = "en") -> None:
    """Import a package into a course as a new activity."""
    destination = Destination(course_id=course.id, language=language)
    importing.import_package(file, filename=file.name, destination=destination)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server on an instance of its own; each test brings its own people and courses."""
    kind = request.config.getoption("--database")
    running = Server(tmp_path_factory.mktemp("server"), database=kind).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def academy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server with the demonstration and a few invented learners."""
    kind = request.config.getoption("--database")
    running = Server(tmp_path_factory.mktemp("academy"), database=kind)
    running.command("demo", "load", "--learners", DEMO_LEARNERS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page in a context of its own."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def sign_in(page: Page, server: Server, email: str, password: str) -> None:
    """Sign in by the form."""
    page.goto(f"{server.url}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _children(parent: int) -> list[int]:
    found = shutil.which("pgrep")
    if found is None:
        return []
    listed = subprocess.run([found, "-P", str(parent)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]
