"""`academy doctor`: each thing is broken once, and it says what is wrong and what to do."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock, health, storage
from academy.db import db, new_public_id
from academy.doctor import cli, fonts, parts, places, settings
from academy.replica import Replica
from academy.workers import Worker
from tests.ground.conftest import free_port

NOBODY = f"127.0.0.1:{free_port()}"


def findings(check: Callable[..., object]) -> list[tuple[str, str]]:
    found = list(check())  # type: ignore[call-overload]
    assert all(one.remedy for one in found)
    return [(one.status, one.message) for one in found]


@pytest.mark.parametrize(
    ("check", "changed", "status", "words"),
    [
        (settings.secret_key, {"SECRET_KEY": "short"}, "fault", "can be guessed"),
        (settings.base_url, {"BASE_URL": "http://localhost:5000"}, "warning", "only this computer"),
        (settings.base_url, {"BASE_URL": "http://academy.example"}, "fault", "unprotected"),
        (settings.proxies, {"BASE_URL": "https://academy.example"}, "warning", "come from the proxy"),
        (
            settings.content_origin,
            {"CONTENT_ORIGIN": "http://127.0.0.1:1"},
            "warning",
            "share the one origin",
        ),
        (settings.figures, {"BASE_URL": "https://academy.example"}, "warning", "may read /metrics"),
        (parts.mail, {"MAIL_URL": f"smtp://{NOBODY}"}, "fault", "cannot be reached"),
        (parts.mail, {"BASE_URL": "https://academy.example"}, "warning", "outbox"),
        (parts.wake_ups, {"JOBS_URL": f"redis://{NOBODY}/0"}, "warning", "Redis does not answer"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    check: Callable[[], object],
    changed: dict[str, str],
    status: str,
    words: str,
) -> None:
    for name, value in changed.items():
        monkeypatch.setitem(app.config, name, value)
    [(told, message)] = findings(check)

    assert (told, words in message) == (status, True)


def test_sound_settings_are_well(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", "x" * 48)
    monkeypatch.setitem(app.config, "BASE_URL", "https://academy.example")
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", 1)

    assert [findings(check) for check in (settings.secret_key, settings.base_url, settings.proxies)] == [
        [],
        [],
        [],
    ]


def test_a_content_host_without_an_address_is_a_fault(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "https://academy.example")
    monkeypatch.setitem(app.config, "CONTENT_ORIGIN", "https://{label}.content.invalid")

    assert findings(settings.content_origin) == [
        ("fault", "doctor.content.invalid has no address: no package can be played")
    ]


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Run a server that answers everything with the headers that it is given."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(404)
            for name, value in self.server.told.items():  # type: ignore[attr-defined]
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *about: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        server.told = {}  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_way_to_content_that_ends_nowhere_or_elsewhere(
    app: Flask, monkeypatch: pytest.MonkeyPatch, elsewhere: HTTPServer
) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "https://academy.example")
    monkeypatch.setitem(app.config, "CONTENT_ORIGIN", f"http://{NOBODY}")
    [(status, nobody)] = findings(places.way_to_content)
    monkeypatch.setitem(app.config, "CONTENT_ORIGIN", f"http://127.0.0.1:{elsewhere.server_port}")
    [(_, stranger)] = findings(places.way_to_content)
    monkeypatch.setattr(
        elsewhere, "told", {"Content-Security-Policy": "frame-ancestors https://academy.example"}
    )

    assert (status, "does not answer" in nobody, "not this Academy" in stranger) == ("warning", True, True)
    assert findings(places.way_to_content) == []


def test_a_store_whose_clock_goes_otherwise(
    app: Flask, monkeypatch: pytest.MonkeyPatch, elsewhere: HTTPServer
) -> None:
    monkeypatch.setitem(app.config, "STORAGE_URL", "s3://bucket/academy")
    monkeypatch.setitem(app.config, "STORAGE_ENDPOINT", f"http://127.0.0.1:{elsewhere.server_port}")
    told = []
    for moment in (clock.now(), clock.now() - timedelta(minutes=2)):
        monkeypatch.setattr(elsewhere, "told", {"Date": format_datetime(moment, usegmt=True)})
        told.append(findings(places.clock_of_store))

    assert told[0] == []
    [(status, message)] = told[1]
    assert (status, "differ by 1" in message) == ("fault", True)


def test_a_replica_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = sa.create_engine(f"postgresql+psycopg://academy@{NOBODY}/academy", poolclass=sa.NullPool)
    monkeypatch.setitem(app.extensions, "academy.replica", Replica(nowhere))
    [(status, message)] = findings(places.replica)

    assert (status, "does not answer" in message) == ("warning", True)


@pytest.mark.only("postgresql")
def test_a_replica_that_copies_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "academy.replica", Replica(db.engine))
    [(status, message)] = findings(places.replica)

    assert (status, "is no streaming replica" in message) == ("fault", True)


def test_demonstration_accounts_on_a_public_host(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Path(str(app.config["INSTANCE_PATH"])) / "demo-loaded"
    mark.touch()
    monkeypatch.setitem(app.config, "BASE_URL", "https://academy.example")
    try:
        [(status, message)] = findings(settings.demonstration)
    finally:
        mark.unlink()

    assert (status, "published" in message) == ("warning", True)


def test_a_database_of_another_version(app: Flask) -> None:
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    db.session.commit()
    [(status, message)] = findings(parts.database)

    assert (status, "is at revision 0001" in message) == ("fault", True)


def test_a_store_that_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "check", lambda: "no space left")

    assert findings(parts.files) == [("fault", "files cannot be kept: no space left")]


def test_a_full_disk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DISK_FREE_MB", 10**12)

    [(status, message)] = findings(parts.disk)
    assert (status, "MB left" in message) == ("fault", True)


def test_nobody_who_works(app: Flask) -> None:
    [(status, _)] = findings(parts.workers)
    facts = {"host": "a", "pid": 1, "place": "server", "threads": 1}
    db.session.add(Worker(id=new_public_id(), started=clock.now(), seen=clock.now(), **facts))
    db.session.commit()

    assert (status, findings(parts.workers)) == ("warning", [])


def test_keys_that_others_may_read(app: Flask) -> None:
    key = Path(str(app.config["INSTANCE_PATH"])) / "secret-key"
    key.touch()
    key.chmod(0o644)
    told = findings(parts.key_files)
    key.chmod(0o600)
    assert (told, findings(parts.key_files)) == (
        [("fault", "others on this machine may read secret-key")],
        [],
    )
    key.unlink()


def test_catalogues_that_are_missing(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(app.config, "BABEL_TRANSLATION_DIRECTORIES", str(tmp_path))

    assert findings(parts.catalogues) == [("fault", "the pages have no texts in ru")]


def test_documents_can_be_drawn(app: Flask) -> None:
    assert findings(parts.documents) == []


def test_letters_that_no_font_has(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = findings(fonts.letters)
    fonts.held.cache_clear()
    monkeypatch.setattr(fonts, "STATIC", tmp_path)
    monkeypatch.setattr(fonts, "OTHERS", {"Cuneiform": "\U00012000"})
    told = findings(fonts.letters)
    fonts.held.cache_clear()

    assert [status for status, _ in own if status == "fault"] == []
    assert [status for status, _ in told] == ["fault"] * 3 + ["warning"]
    assert "letters of Cuneiform" in told[-1][1]


def test_the_command_tells_all_and_fails_for_faults_only(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", "x" * 48)
    well = app.test_cli_runner().invoke(args=["doctor", "--json"])
    monkeypatch.setitem(app.config, "SECRET_KEY", "short")
    ill = app.test_cli_runner().invoke(args=["doctor"])
    told = json.loads(well.stdout)["findings"]

    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert {one["check"] for one in told} >= {check.__name__.replace("_", " ") for check in cli.CHECKS}
    assert "fault    secret key" in ill.output


def test_a_check_that_breaks_is_a_fault_and_the_others_go_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "disk", lambda: 1 / 0)
    found = {one.check: one.status for one in cli.examine()}

    assert (found["disk"], found["documents"]) == ("fault", "ok")
