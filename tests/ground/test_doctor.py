"""`academy doctor`: each thing is broken once, and it says what is wrong and what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import clock, health, storage
from academy.db import db, new_public_id
from academy.doctor import cli, parts, settings
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
