"""Errors: one code on page, header and log; a page that needs nothing; no personal data in what is logged."""

import logging

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import ImATeapot

from academy import errors, logs
from academy.logs import HEADER
from tests.factories import accounts

FAULTS = {
    500: RuntimeError("broken"),
    503: sa.exc.OperationalError("SELECT", {}, Exception("gone"), connection_invalidated=True),
}


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Let the page of help fail with what a test puts in here, in an application as it is in production."""
    fault: dict[str, Exception] = {}

    def fail() -> str:
        raise fault["it"]

    fail.access = app.view_functions["home.help"].access  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "home.help", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return fault


def code_on(page: str) -> str:
    return str(html.fromstring(page).xpath("//code")[-1].text)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("status", [404, 403, 405])
def test_an_error_page_shows_the_code_of_the_request(
    client: FlaskClient, sign_in: object, status: int, language: str
) -> None:
    client.set_cookie("language", language)
    browser = sign_in(accounts.person(language=language)) if status == 403 else client  # type: ignore[operator]
    path, method = {404: ("/nowhere", "GET"), 403: ("/admin/people", "GET"), 405: ("/courses", "POST")}[
        status
    ]

    answer = browser.open(path, method=method)

    assert answer.status_code == status
    assert code_on(answer.text) == answer.headers[HEADER]
    assert html.fromstring(answer.text).get("lang") == language


def test_a_status_without_words_of_its_own_is_told_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "language=ru"}):
        answer, status = errors._http_error(ImATeapot())  # type: ignore[misc]

    assert status == 418
    page = answer.get_data(as_text=True)
    assert "Запрос не удалось прочитать" in page
    assert "teapot" not in page.lower()


@pytest.mark.parametrize(("language", "word"), [("en", "Try again"), ("ru", "Попробовать снова")])
@pytest.mark.parametrize("status", [500, 503])
def test_the_worst_page_needs_neither_database_nor_files(
    client: FlaskClient, failing: dict[str, Exception], status: int, language: str, word: str, queries: object
) -> None:
    failing["it"] = FAULTS[500]
    client.set_cookie("language", language)
    if status == 503:
        failing["it"] = OSError(28, "No space left on device")

    with queries() as seen:  # type: ignore[operator]
        answer = client.get("/help?q=secret")

    page = html.fromstring(answer.text)
    assert (answer.status_code, seen) == (status, [])
    assert answer.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert page.xpath("//link | //script | //img | //*[@src]") == []
    assert word in answer.text
    assert page.get("lang") == language
    assert code_on(answer.text) == answer.headers[HEADER]
    assert "sha256-" in answer.headers["Content-Security-Policy"]


def test_the_worst_page_is_there_when_the_page_of_an_error_fails_too(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def gone() -> list[object]:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("academy.templating._navigation", gone)

    answer = client.get("/nowhere")

    assert (answer.status_code, "Something went wrong" in answer.text) == (500, True)


def test_programs_get_the_code_as_problem_json(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})

    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["request_id"] == answer.headers[HEADER]


def test_an_unexpected_error_is_logged_once_without_the_address(
    client: FlaskClient, failing: dict[str, Exception], caplog: pytest.LogCaptureFixture
) -> None:
    failing["it"] = RuntimeError("broken")

    with caplog.at_level(logging.ERROR):
        client.get("/help?q=somebody@example.org")

    assert [record.getMessage() for record in caplog.records] == ["unexpected error"]
    assert "somebody" not in caplog.text
    assert "broken" in caplog.text


@pytest.mark.parametrize(
    ("proxies", "sent", "kept"),
    [
        (1, "0af7651916cd43dd8448eb211c80319c", True),
        (0, "0af7651916cd43dd8448eb211c80319c", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, 'abcdefgh"><script>', False),
    ],
)
def test_a_request_id_is_taken_from_a_trusted_proxy_only(
    app: Flask, monkeypatch: pytest.MonkeyPatch, proxies: int, sent: str, kept: bool
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", proxies)
    monkeypatch.setattr(app, "wsgi_app", logs.around(app, Flask.wsgi_app.__get__(app)))

    answer = app.test_client().get("/healthz", headers={HEADER: sent})

    assert (answer.headers[HEADER] == sent) is kept
    assert len(answer.headers[HEADER]) >= 12
