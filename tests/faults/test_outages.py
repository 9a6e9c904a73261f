"""What the Academy needs goes away and comes back: clear errors, nothing lost, nobody has to help."""

import json
import os
import sqlite3
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa

from academy import jobs
from academy.accounts.models import Person
from academy.certificates.models import Certificate
from academy.courses.models import Activity, Enrolment
from academy.db import db
from academy.xapi.models import Statement
from tests.databases import SqliteDatabase
from tests.factories import accounts, certificates, courses, progress, xapi
from tests.faults.installation import Installation
from tools.bench_server import Browser, Sco
from tools.postgres import Postgres, url

pytestmark = pytest.mark.both_databases

FEW_SECONDS = 3


@dataclass(frozen=True)
class Answer:
    """What a client is told."""

    status: int
    kind: str | None
    again: str | None
    text: str


@dataclass
class Client:
    """Somebody who asks for pages and sends statements; `cookies` sign in."""

    installation: Installation
    headers: dict[str, str]
    cookies: dict[str, str]

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def tell(self, size: int = 10) -> tuple[str, Answer]:
        """Send a statement; return its id and the answer."""
        name = str(uuid.uuid4())
        statement = xapi.statement(id=name, result={"response": "x" * size})
        headers = self.headers | {"Content-Type": "application/json"}
        return name, self._ask("POST", "/xapi/statements", json.dumps(statement).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(
                method, path, body, {"Host": self.installation.host, "Cookie": cookies} | headers
            )
            told = connection.getresponse()
            kind = (told.headers["Content-Type"] or "").partition(";")[0]
            return Answer(
                told.status, kind, told.headers["Retry-After"], told.read().decode("utf-8", "replace")
            )
        finally:
            connection.close()


def client_of(installation: Installation) -> Client:
    """Make a person who has signed in, with a credential."""
    with installation.inside():
        return Client(installation, xapi.headers("all"), installation.cookie(accounts.person()))


def comes_true(what: Callable[[], bool], *, within: float = 60) -> bool:
    """Wait until something is so."""
    end = time.monotonic() + within
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def certificates_issued(installation: Installation) -> int:
    with installation.inside():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Certificate)) or 0


@pytest.mark.only("postgresql")
def test_the_database_is_away_for_a_while(tmp_path: Path) -> None:
    server = Postgres().start()
    installation = Installation(tmp_path, Elsewhere(server.url())).start_all()
    try:
        client = client_of(installation)
        with installation.inside():
            made = courses.published_course_with_sco()
            ticket = installation.cookie(courses.enrolment(made.course).person)
            course = f"/courses/{made.course.code}"
            launch = f"{course}/activities/{made.activity.public_id}/launch"
        with Browser(installation) as browser:
            browser.cookies = ticket
            browser.read(course)
            browser.post(launch)
            sco = Sco(installation, browser.location, browser.cookies)
        kept, told = client.tell()
        assert told.status == 200

        server.halt()
        page, api, alive = client.get("/courses"), client.tell()[1], client.get("/healthz")
        begun = time.monotonic()
        assert (page.status, page.kind, bool(page.again)) == (503, "text/html", True)
        assert "<h1" in page.text
        assert (api.status, api.kind, bool(api.again)) == (503, "application/problem+json", True)
        assert json.loads(api.text)["status"] == 503
        assert alive.status == 200
        assert client.get("/readyz").status == 503
        with pytest.raises(Exception, match=": 503"):
            sco.commit({"cmi.core.lesson_location": "2"})
        time.sleep(max(0.0, FEW_SECONDS - (time.monotonic() - begun)))
        server.resume()

        assert client.get("/courses").status == 200
        sco.commit({"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90"}, end="finish")
        sco.browser.connection.close()
        assert comes_true(lambda: certificates_issued(installation) == 1)
        assert comes_true(lambda: client.get("/readyz").status == 200)
        with installation.inside():
            assert db.session.scalar(sa.select(Statement.id).where(Statement.id == uuid.UUID(kept)))
    finally:
        installation.kill_all()
        server.stop()


@pytest.mark.only("sqlite")
def test_another_program_holds_the_database_for_a_while(installation: Installation) -> None:
    client = client_of(installation)
    ends: list[Answer] = []
    assert isinstance(installation.database, SqliteDatabase)
    with sqlite3.connect(installation.database.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = threading.Thread(target=lambda: ends.append(client.tell()[1]))
        writer.start()
        assert client.get("/courses").status == 200  # reading goes on
        time.sleep(FEW_SECONDS)
        assert ends == []
        other.execute("ROLLBACK")
    other.close()
    writer.join(60)

    assert [end.status for end in ends] == [200]


@pytest.mark.conformance_on("postgresql")
def test_storage_is_away_for_a_while(installation: Installation) -> None:
    client = client_of(installation)
    with installation.inside():
        found = certificates.certificate()
        holder, serial = installation.cookie(db.session.get_one(Person, found.person_id)), found.serial
        made = courses.published_course_with_sco()
        late, leaf = courses.enrolment(made.course).registration, made.leaf.id
    client.cookies = holder
    folder = installation.folder / "storage"
    assert client.get(f"/certificates/{serial}.pdf").status == 200

    folder.rename(folder.with_name("unplugged"))
    answer = client.get(f"/certificates/{serial}.pdf")
    assert (answer.status, answer.kind, bool(answer.again)) == (503, "text/html", True)
    assert client.get("/courses").status == 200
    assert comes_true(lambda: client.get("/readyz").status == 503, within=15)
    with installation.inside():
        seat = db.session.scalars(sa.select(Enrolment).where(Enrolment.registration == late)).one()
        progress.finish(seat, db.session.get_one(Activity, leaf))  # which asks for a certificate
    assert comes_true(lambda: fault_of_job(installation) != "", within=30)
    assert not folder.exists()
    folder.with_name("unplugged").rename(folder)

    assert client.get(f"/certificates/{serial}.pdf").status == 200
    assert comes_true(lambda: client.get("/readyz").status == 200)
    assert comes_true(lambda: certificates_issued(installation) == 2)


def fault_of_job(installation: Installation) -> str:
    with installation.inside():
        asked = sa.select(jobs.Job).where(jobs.Job.kind == "certificates.issue")
        job = db.session.scalars(asked.order_by(jobs.Job.id.desc())).first()
        return (job.error or "") if job else ""


@contextmanager
def small_disk(folder: Path, owner: int) -> Iterator[Path]:
    """Mount a disk of a few megabytes; skips where that is not allowed."""
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    options = f"size=24m,uid={owner},mode=700"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte; return the file that does."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            pass
    return filler


@pytest.mark.conformance
def test_the_disk_of_the_database_is_full_for_a_while(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with installed_on_small_disk(request.config.getoption("--database"), tmp_path) as (installation, disk):
        client = client_of(installation)
        acknowledged = {client.tell()[0] for _ in range(3)}
        filler = fill(disk)

        refused = None
        for _ in range(4000):
            name, answer = client.tell(size=8000)
            if answer.status != 200:
                refused = answer
                break
            acknowledged.add(name)
        assert refused is not None
        assert (refused.status, refused.kind, bool(refused.again)) == (503, "application/problem+json", True)
        assert client.get("/courses").status == 200  # reading goes on

        filler.unlink()
        last, answer = client.tell(size=8000)
        assert answer.status == 200
        with installation.inside():
            kept = {str(one) for one in db.session.scalars(sa.select(Statement.id))}
        assert acknowledged | {last} <= kept


@dataclass
class Elsewhere:
    """A database by its address."""

    url: str


@contextmanager
def installed_on_small_disk(kind: str, folder: Path) -> Iterator[tuple[Installation, Path]]:
    """Run an installation whose database lies on a small disk."""
    if kind == "sqlite":
        with small_disk(folder / "small", os.getuid()) as disk:
            yield from _running(Installation(folder, SqliteDatabase(disk)), disk)
        return
    server = Postgres().start()
    try:
        with small_disk(server.folder / "small", server.folder.stat().st_uid) as disk:
            engine = sa.create_engine(server.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{disk}'")
                connection.exec_driver_sql("CREATE DATABASE small TABLESPACE small")
            yield from _running(Installation(folder, Elsewhere(url(server.folder, "small"))), disk)
            server.halt()
    finally:
        server.stop()


def _running(installation: Installation, disk: Path) -> Iterator[tuple[Installation, Path]]:
    installation.start_all()
    try:
        yield installation, disk
    finally:
        installation.kill_all()
