"""What monitors read: readiness that names what is missing, and figures without anybody in them."""

import re
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import clock, health, jobs, storage, workers
from academy.db import db, new_public_id
from academy.health import Checks
from tests.factories import accounts, courses

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operator.md"


@pytest.fixture(autouse=True)
def _fresh(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what was read a moment ago in another test."""
    monkeypatch.setattr(health, "KEPT_SECONDS", -1.0)
    monkeypatch.setattr("academy.monitoring.KEPT_SECONDS", -1.0)


@pytest.fixture
def worker(app: Flask) -> workers.Worker:
    now = clock.now()
    made = workers.Worker(id=new_public_id(), host="here", pid=1, place="server", threads=1)
    made.started = made.seen = now
    db.session.add(made)
    db.session.commit()
    return made


def figures(client: FlaskClient) -> dict[str, float]:
    text = client.get("/metrics").text
    pairs = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def test_ready_where_everything_is_there(client: FlaskClient, worker: workers.Worker) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "missing": [],
        "checks": dict.fromkeys(("database", "storage", "workers", "disk"), "ok"),
    }


def test_a_database_of_another_revision_is_not_ready(client: FlaskClient, worker: workers.Worker) -> None:
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0007'"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()["missing"]) == (503, ["database"])
    assert "academy db upgrade" in answer.get_json()["checks"]["database"]


def test_a_store_that_takes_nothing_is_named(
    client: FlaskClient, worker: workers.Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*given: object) -> int:
        raise storage.StorageGone("at https://user:secret@host")

    monkeypatch.setattr(storage, "put", gone)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()["missing"]) == (503, ["storage"])
    assert "secret" not in answer.text


def test_without_workers_or_with_jobs_that_nobody_does_it_is_not_ready(
    client: FlaskClient, worker: workers.Worker
) -> None:
    jobs.add("mail.send", due=clock.now() - timedelta(minutes=25))
    assert client.get("/readyz").get_json()["checks"]["workers"] == "a job has been due for 25 minutes"

    worker.seen = clock.now() - timedelta(hours=1)
    assert client.get("/readyz").get_json()["missing"] == ["workers"]


def test_a_full_disk_is_named(
    client: FlaskClient, app: Flask, worker: workers.Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DISK_FREE_MB", 10**9)

    assert client.get("/readyz").get_json()["missing"] == ["disk"]


def test_a_check_that_hangs_is_given_up_and_not_begun_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SECONDS", 0.05)
    free, begun = threading.Event(), []

    def hang() -> None:
        begun.append(1)
        free.wait(30)

    checks = Checks(app, {"slow": hang, "fast": lambda: None})
    try:
        first, second = checks.findings(), checks.findings()
    finally:
        free.set()

    assert [one.fault for one in first] == ["does not answer within 0.05 seconds", None]
    assert [one.fault for one in second] == ["does not answer within 0.05 seconds", None]
    assert begun == [1]
    end = time.monotonic() + 10
    while checks.findings()[0].fault and time.monotonic() < end:
        time.sleep(0.01)
    assert checks.findings()[0].fault is None


def test_the_process_answers_without_asking_anybody(client: FlaskClient, queries: Any) -> None:
    with queries() as seen:
        answer = client.get("/healthz")

    assert (answer.get_json(), seen) == ({"status": "ok"}, [])


def test_requests_are_counted_by_route_and_never_by_address(client: FlaskClient) -> None:
    course = courses.published_course_with_sco().course
    counted = 'academy_requests_total{method="GET",route="courses.course",status="2xx"}'
    before = figures(client).get(counted, 0)

    client.get(f"/courses/{course.code}")
    client.open("/nowhere/secret", method="BREW")

    after = figures(client)
    assert after[counted] == before + 1
    assert after['academy_request_seconds_count{route="courses.course"}'] >= 1
    assert after['academy_requests_total{method="other",route="none",status="4xx"}'] >= 1
    assert not [name for name in after if "secret" in name or course.code in name]


def test_figures_of_the_database_are_as_it_stands(client: FlaskClient, worker: workers.Worker) -> None:
    jobs.add("test.figures", due=clock.now() - timedelta(minutes=2))
    courses.enrolment(person=accounts.person())

    found = figures(client)

    assert found['academy_jobs{kind="test.figures",state="queued"}'] == 1
    assert found["academy_queue_age_seconds"] >= 120
    assert (found["academy_workers_alive"], found["academy_enrolments"]) == (1, 1)
    assert (found["academy_launches_open"], found["academy_database_up"]) == (0, 1)
    assert found["academy_memory_bytes"] > 10_000_000


def test_figures_are_there_when_the_database_is_not(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> list[object]:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("academy.workers.alive", gone)

    found = figures(client)

    assert found["academy_database_up"] == 0
    assert found["academy_processes"] == 1


@pytest.mark.parametrize(
    ("allow", "token", "sent", "status"),
    [
        ("", "", "", 200),
        ("127.0.0.0/8", "", "", 200),
        ("192.0.2.0/24, 198.51.100.7", "", "", 404),
        ("", "figures", "", 404),
        ("", "figures", "Bearer figures", 200),
        ("", "figures", "Bearer wrong", 404),
        ("192.0.2.1", "figures", "Bearer figures", 200),
    ],
)
def test_settings_say_who_reads_the_figures(
    client: FlaskClient,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    allow: str,
    token: str,
    sent: str,
    status: int,
) -> None:
    monkeypatch.setitem(app.config, "METRICS_ALLOW", allow)
    monkeypatch.setitem(app.config, "METRICS_TOKEN", token)

    answer = client.get("/metrics", headers={"Authorization": sent} if sent else {})

    assert answer.status_code == status


@pytest.mark.parametrize("address", ["", "unix:", "192.0.2.1:51234"])
def test_who_has_no_address_may_not_read_figures(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setitem(app.config, "METRICS_ALLOW", "0.0.0.0/0, ::/0")

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 404


def test_the_figures_and_the_table_of_the_guide_are_the_same(
    client: FlaskClient, worker: workers.Worker
) -> None:
    families = re.findall(r"^# TYPE (\w+)", client.get("/metrics").text, re.MULTILINE)
    written = re.findall(r"^\| `(academy_\w+)`", DOCUMENT.read_text("utf-8"), re.MULTILINE)

    assert set(families) == set(written)
