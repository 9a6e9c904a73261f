"""The application, a fresh database for each test, and a client that lints every page it fetches."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from academy.accounts import pace, sessions
from academy.accounts.models import Person
from academy.app import create_app
from academy.db import db
from academy.operation import upgrade
from tests import databases
from tests.page_lint import LintingClient

pytest_plugins = ["tests.stores", "tests.chromium", "tests.scheduling"]

PASSWORD = "a-long-test-password"  # noqa: S105

#: How long an example takes says how busy the machine is.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test` choose the database, and `make conformance` what is too long for each run."""
    parser.addoption("--whole-corpus", action="store_true", help="every package and every page")
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what does not concern the chosen database, and what only `make conformance` has."""
    kind = config.getoption("--database")
    long = [item for item in items if databases.is_long(item, kind)]
    for item in [] if config.getoption("--whole-corpus") else long:
        item.add_marker(pytest.mark.skip(reason="comes with --whole-corpus (`make conformance`)"))
    others = [item for item in items if not databases.concerns(item, kind)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_unconfigure() -> None:
    """Stop what the run has started."""
    databases.close()


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Build one application for the run, on a database of its own."""
    instance = tmp_path_factory.mktemp("instance")
    database = databases.made(request.config.getoption("--database"), instance)
    app = create_app(
        {
            "TESTING": True,
            "INSTANCE_PATH": str(instance),
            "DATABASE_URL": database.url,
            "STORAGE_URL": f"file:{instance / 'storage'}",
            "SECRET_KEY": "test",
            "BASE_URL": "http://localhost:5000",
            "WTF_CSRF_ENABLED": False,
            "SERVER_NAME": None,
        }
    )
    app.test_client_class = LintingClient
    with app.app_context():
        upgrade()
        databases.disconnect()
    database.keep()
    app.extensions["tests.database"] = database
    return app


@pytest.fixture(autouse=True)
def _context(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give each test that uses the app an empty database, empty storage and an application context."""
    if "app" not in request.fixturenames:
        yield
        return
    app: Flask = request.getfixturevalue("app")
    instance = Path(str(app.config["INSTANCE_PATH"]))
    with app.app_context():
        databases.disconnect()
        app.extensions["tests.database"].renew()
        pace.bad_links.forget()
        for folder in ("storage", "outbox"):
            shutil.rmtree(instance / folder, ignore_errors=True)
        (instance / "storage").mkdir()
        yield
        databases.disconnect()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without scripts, not signed in."""
    return app.test_client()


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context that collects the SQL statements run inside of it."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if not statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collect


@pytest.fixture
def sign_in(app: Flask) -> Iterator[object]:
    """Return a function that gives a client with a session of the person (who is committed first)."""

    def client_of(person: Person) -> FlaskClient:
        _, token = sessions.begin(person)
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session[sessions.KEY] = token
        return client

    return client_of  # type: ignore[return-value]
