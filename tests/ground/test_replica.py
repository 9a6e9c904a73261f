"""Reads that may lag: a real replica whose replay is paused, and who still sees what was written."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import replica
from academy.accounts import sessions
from academy.accounts.models import Person
from academy.app import create_app
from academy.db import db
from academy.doctor import places
from tests import databases
from tests.factories import accounts, courses, xapi
from tests.page_lint import LintingClient
from tools.postgres import Postgres

THROUGH = "X-Experience-API-Consistent-Through"

pytestmark = pytest.mark.only("postgresql")


class Copy:
    """The replica: pause its replay, wait for it, take it away."""

    def __init__(self, server: Postgres, database: str) -> None:
        self.server, self.url = server, server.url(database)
        self._engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def ask(self, statement: str) -> object:
        with self._engine.connect() as connection:
            return connection.exec_driver_sql(statement).scalar()

    def catch_up(self) -> None:
        """Wait until the replica holds what is committed."""
        db.session.commit()
        with db.engine.connect() as connection:
            place = connection.exec_driver_sql("SELECT pg_current_wal_lsn()").scalar()
        end = time.monotonic() + 30
        while not self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{place}'"):
            assert time.monotonic() < end
            time.sleep(0.02)

    def pause(self) -> None:
        """Let the replica hear no more from now on."""
        self.catch_up()
        self.ask("SELECT pg_wal_replay_pause()")
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            time.sleep(0.02)


@pytest.fixture(scope="module")
def follower() -> Iterator[Postgres]:
    """Run a replica of the server of this run."""
    running = Postgres(follows=databases.postgres()).start()
    yield running
    running.stop()


@pytest.fixture
def copy(app: Flask, follower: Postgres) -> Iterator[Copy]:
    """Return the replica, which replays again after the test."""
    found = Copy(follower, sa.make_url(str(app.config["DATABASE_URL"])).database or "")
    yield found
    found.ask("SELECT pg_wal_replay_resume()")


@pytest.fixture
def lagging(app: Flask, copy: Copy) -> Iterator[Flask]:
    """Build an application that knows the replica, on the database of the test."""
    names = ("TESTING", "INSTANCE_PATH", "DATABASE_URL", "STORAGE_URL", "SECRET_KEY", "BASE_URL")
    settings = {name: app.config[name] for name in names}
    made = create_app({**settings, "WTF_CSRF_ENABLED": False, "DATABASE_REPLICA_URL": copy.url})
    made.test_client_class = LintingClient
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


def signed_in(app: Flask, person: Person) -> FlaskClient:
    _, token = sessions.begin(person)
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session[sessions.KEY] = token
    return client


def titles(client: FlaskClient, path: str = "/courses") -> set[str]:
    text = client.get(path).get_data(as_text=True)
    return {title for title in ("Before", "After") if title in text}


def test_guests_read_the_replica_and_members_the_primary(lagging: Flask, copy: Copy) -> None:
    courses.course(title={"en": "Before", "ru": "Before"})
    member = signed_in(lagging, accounts.person())
    copy.pause()
    courses.course(title={"en": "After", "ru": "After"})
    db.session.commit()

    assert titles(lagging.test_client()) == {"Before"}
    assert titles(member) == {"Before", "After"}


def test_the_doctor_says_how_far_the_replica_is_behind(
    lagging: Flask, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.person()
    copy.catch_up()
    with lagging.app_context():
        well = list(places.replica())
        monkeypatch.setattr(replica, "LONGEST_LAG", -1.0)
        [finding] = places.replica()

    assert (well, finding.status, "seconds behind" in finding.message) == ([], "warning", True)


def test_who_has_just_written_reads_the_primary(lagging: Flask, copy: Copy) -> None:
    courses.course(title={"en": "Before", "ru": "Before"})
    copy.pause()
    courses.course(title={"en": "After", "ru": "After"})
    db.session.commit()
    client = lagging.test_client()
    client.set_cookie("any", "1")
    assert titles(client) == {"Before"}

    answer = client.post("/password/forgot", data={"email": "nobody@example.org"})
    assert answer.status_code < 400
    assert client.get_cookie(replica.COOKIE) is not None
    assert titles(client) == {"Before", "After"}


def test_statements_say_through_when_they_are_complete(lagging: Flask, copy: Copy) -> None:
    headers = xapi.headers("all/read")
    xapi.stored(xapi.statement())
    copy.pause()
    xapi.stored(late := xapi.statement(id=str(xapi.statement_id())))
    db.session.commit()
    client = lagging.test_client()

    page = client.get("/xapi/statements", headers=headers)
    one = client.get(f"/xapi/statements?statementId={late['id']}", headers=headers)

    assert len(page.json["statements"]) == 1
    assert page.json["statements"][0]["stored"] <= page.headers[THROUGH] < one.json["stored"]


def test_a_replica_that_is_far_behind_or_away_is_not_read(
    lagging: Flask, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.course(title={"en": "Before", "ru": "Before"})
    copy.pause()
    courses.course(title={"en": "After", "ru": "After"})
    db.session.commit()
    monkeypatch.setattr(replica, "LOOKED_EVERY", 0.0)

    assert titles(lagging.test_client()) == {"Before"}
    monkeypatch.setattr(replica, "LONGEST_LAG", 0.0)
    assert titles(lagging.test_client()) == {"Before", "After"}
    monkeypatch.undo()

    monkeypatch.setattr(replica, "LOOKED_EVERY", 0.0)
    copy.ask("SELECT pg_wal_replay_resume()")
    copy.server.halt()
    try:
        assert titles(lagging.test_client()) == {"Before", "After"}
    finally:
        copy.server.resume()
