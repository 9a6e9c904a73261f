"""The log: one line of JSON for each request and job, with a code and figures, and nobody's name."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient

from academy import jobs, logs, timing
from academy.db import db
from tests.factories import accounts, courses

CONFIG = {"LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Write the log into memory, and put back how it was."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    academy, lines = logging.getLogger("academy").level, logs.lines
    written = io.StringIO()
    logs.set_up(CONFIG, written)
    logs.lines = structlog.get_logger("academy.work")
    yield written
    logs.lines = lines
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("academy").setLevel(academy)


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_without_names_and_queries(
    app: Flask, sign_in: Any, stream: io.StringIO
) -> None:
    person = accounts.person(name_latin="Ana Secret", email="ana@example.org")
    course = courses.published_course_with_sco().course

    answer = sign_in(person).get(f"/courses/{course.code}?q=searched")

    (line,) = [one for one in written(stream) if one["event"] == "request"]
    assert line["request"] == answer.headers[logs.HEADER]
    assert (line["route"], line["ids"], line["method"], line["status"]) == (
        "courses.course",
        {"code": course.code},
        "GET",
        200,
    )
    assert line["person"] == str(person.public_id)
    assert line["db_count"] > 0
    assert line["ms"] >= line["db_ms"] > 0
    assert line["bytes"] == len(answer.data)
    for private in ("Secret", "ana@", "searched"):
        assert private not in stream.getvalue()


def test_secrets_in_addresses_are_not_logged(client: FlaskClient, stream: io.StringIO) -> None:
    client.get("/password/reset/a-secret-token")
    client.get("/nowhere/a-secret-token")

    assert [line["route"] for line in written(stream)] == ["accounts.reset_password", "none"]
    assert "secret" not in stream.getvalue()


def test_monitors_leave_no_lines(client: FlaskClient, stream: io.StringIO) -> None:
    client.get("/healthz")

    assert written(stream) == []


def test_a_job_is_one_line_and_its_messages_bear_its_code(app: Flask, stream: io.StringIO) -> None:
    @jobs.handler("test.log")
    def work(job: jobs.Job) -> None:
        logging.getLogger("academy.test").warning("said by ana@example.org")

    job = jobs.add("test.log")
    db.session.commit()
    jobs.run_due()

    said, line = written(stream)
    assert (said["event"], said["work"]) == ("said by <e-mail>", str(job.public_id))
    assert (line["event"], line["kind"], line["outcome"], line["job"]) == (
        "job",
        "test.log",
        "done",
        str(job.public_id),
    )
    assert line["db_count"] > 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no address", "no address"),
        ("to <ana.b@mail.example.org>, then", "to <<e-mail>>, then"),
        ("duplicate key\nDETAIL:  Key (email)=(x) exists.\nend", "duplicate key\n<values left out>\nend"),
        ("failed\n[parameters: ('Ana', 1)]", "failed\n<values left out>"),
        (
            f"{'a' * 100_000} @",
            f"{'a' * 100_000} @",
        ),  # would take many minutes where each letter cost the rest
    ],
)
def test_texts_lose_addresses_and_values(text: str, left: str) -> None:
    event = logs.without_personal_data(None, "error", {"event": text, "exception": text})

    assert event == {"event": left, "exception": left}


def test_slow_statements_are_logged_without_values(app: Flask, stream: io.StringIO) -> None:
    listener = timing._end(0.0)
    sa.event.listen(db.engine, "after_cursor_execute", listener)
    try:
        db.session.execute(sa.text("SELECT 'Ana' AS name, :x AS x WHERE 1 IN (1, 2)"), {"x": "hidden"})
    finally:
        sa.event.remove(db.engine, "after_cursor_execute", listener)

    (line,) = [one for one in written(stream) if "name" in one["sql"]]
    assert (line["event"], line["level"]) == ("slow statement", "warning")
    assert line["ms"] >= 0
    assert "Ana" not in line["sql"]
    assert "hidden" not in line["sql"]


@pytest.mark.parametrize(
    ("statement", "normal"),
    [
        ("SELECT a\n  FROM t WHERE b = 'x''y' AND c = 12", "SELECT a FROM t WHERE b = ? AND c = ?"),
        ("SELECT a FROM t WHERE b IN (?, ?, ?)", "SELECT a FROM t WHERE b IN (…)"),
        ("WHERE b IN (%(b_1)s::UUID, %(b_2)s::UUID)", "WHERE b IN (…)"),
    ],
)
def test_statements_are_written_alike_whatever_their_values(statement: str, normal: str) -> None:
    assert timing.normal(statement) == normal


def test_on_a_terminal_lines_are_readable() -> None:
    stream = io.StringIO()

    assert logs.as_json({"LOG_FORMAT": "auto"}, stream) is True
    monkey = type("Terminal", (io.StringIO,), {"isatty": lambda self: True})()
    assert logs.as_json({"LOG_FORMAT": "auto"}, monkey) is False
    assert logs.as_json({"LOG_FORMAT": "text"}, stream) is False
