"""The content host: what it answers, with which headers, and what the Academy's own host does not."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from academy import clock, storage
from academy.courses.models import Launch, PackageFile
from academy.courses.runtime import origin
from academy.courses.runtime.addresses import ContentHosts
from academy.db import db
from tests.courses.runtime.conftest import Seat

MakeSeat = Callable[..., Seat]
PAGE = b"<!DOCTYPE html><title>Page</title>" + b"<p>Text.</p>" * 200
FILM = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture
def opened(seat: MakeSeat) -> Launch:
    learner = seat()
    for path, content in (("index.html", PAGE), ("Фильм 1.mp4", FILM)):
        digest = f"{len(content):064x}"
        storage.put(f"packages/{digest[:2]}/{digest}", content)
        db.session.query(PackageFile).filter_by(path=path).delete()
        db.session.add(
            PackageFile(
                version_id=learner.version.id,
                path=path,
                folded=path.casefold(),
                sha256=digest,
                size=len(content),
            )
        )
    launch = learner.open()
    db.session.commit()
    return launch


def _get(client: FlaskClient, launch: Launch, path: str, **options: object) -> TestResponse:
    base = f"http://{launch.label}.localhost:5000"
    return client.open(f"{base}{path}", **{"method": "GET", "lint": False} | options)


def _file(client: FlaskClient, launch: Launch, name: str = "index.html", **options: object) -> TestResponse:
    return _get(client, launch, f"/v/{launch.version.public_id}/{name}", **options)


def test_a_file_comes_whole_with_the_headers_of_the_content_origin(
    client: FlaskClient, opened: Launch
) -> None:
    answer = _file(client, opened)

    assert (answer.status_code, answer.data) == (200, PAGE)
    names = (
        "Content-Type",
        "Cache-Control",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Resource-Policy",
        "Origin-Agent-Cluster",
        "Set-Cookie",
        "Permissions-Policy",
    )
    assert {name: answer.headers.get(name) for name in names} == {
        "Content-Type": "text/html",
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": (
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; form-action 'self'; "
            "base-uri 'self'; frame-ancestors 'self' http://localhost:5000 http://127.0.0.1:5000"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
        "Set-Cookie": None,
        "Permissions-Policy": None,
    }


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}])
def test_a_known_file_is_not_sent_again(client: FlaskClient, opened: Launch, headers: dict[str, str]) -> None:
    tag = _file(client, opened, headers=headers).headers["ETag"]
    answer = _file(client, opened, headers={**headers, "If-None-Match": tag})

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize(
    ("asked", "status", "told", "content"),
    [
        ("bytes=0-9", 206, "bytes 0-9/2097152", FILM[:10]),
        ("bytes=-5", 206, "bytes 2097147-2097151/2097152", FILM[-5:]),
        ("bytes=100-", 206, "bytes 100-1048675/2097152", FILM[100:1048676]),
        ("bytes=9999999-", 416, "bytes */2097152", b""),
        ("bytes=0-1,5-6", 200, None, FILM),
        ("pages=1-2", 200, None, FILM),
    ],
)
def test_ranges_of_a_film(
    client: FlaskClient, opened: Launch, asked: str, status: int, told: str | None, content: bytes
) -> None:
    name = "%D0%A4%D0%B8%D0%BB%D1%8C%D0%BC%201.mp4"
    answer = _file(client, opened, name, headers={"Range": asked})

    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, told)
    assert answer.data == content


def test_head_sends_no_body(client: FlaskClient, opened: Launch) -> None:
    answer = _file(client, opened, method="HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(PAGE))


@pytest.mark.parametrize("name", ["INDEX.HTML", ".//index.html", "sub%5C..%5Cindex.html?x=1"])
def test_names_as_old_tools_write_them(client: FlaskClient, opened: Launch, name: str) -> None:
    status = _file(client, opened, name).status_code

    assert status == (404 if "%5C" in name else 200)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/learn",
        "/sign-in",
        "/static/js/page.js",
        "/_content/x/v/y",
        "/xapi/about",
        "/v/nothing/index.html",
        "/_player/0/secret.js",
    ],
)
def test_nothing_of_the_academy_is_on_the_content_host(
    client: FlaskClient, opened: Launch, path: str
) -> None:
    answer = _get(client, opened, path)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_files_cannot_be_written(client: FlaskClient, opened: Launch, method: str) -> None:
    assert _file(client, opened, method=method).status_code == 404


def test_missing_files_and_other_versions_are_not_there(client: FlaskClient, opened: Launch) -> None:
    missing = _file(client, opened, "missing.js")
    foreign = _get(client, opened, f"/v/{uuid4()}/index.html")

    assert [answer.status_code for answer in (missing, foreign)] == [404, 404]
    assert missing.headers["Cache-Control"] == "no-store"


def test_files_are_there_only_while_a_launch_is_open(
    client: FlaskClient, opened: Launch, seat: MakeSeat
) -> None:
    someone = seat()
    other = someone.open()
    assert _file(client, opened).status_code == 200
    assert _get(client, other, f"/v/{opened.version.public_id}/index.html").status_code == 404
    opened.last_seen = clock.now() - timedelta(minutes=31)
    assert _file(client, opened).status_code == 404
    opened.last_seen = opened.closed = clock.now()

    assert _file(client, opened).status_code == 404


def test_the_academys_own_host_serves_no_content(client: FlaskClient, opened: Launch) -> None:
    path = f"/_content/{opened.label}/v/{opened.version.public_id}"

    assert client.get(path, lint=False).status_code == 404
    assert client.get(f"/v/{opened.version.public_id}/index.html", lint=False).status_code == 404


def test_a_service_worker_is_refused(client: FlaskClient, opened: Launch) -> None:
    assert _file(client, opened, headers={"Service-Worker": "script"}).status_code == 403


def test_content_hosts_get_no_cookie_and_the_name_of_a_file_as_it_came(app: Flask) -> None:
    seen: list[dict[str, object]] = []
    inner, app.wsgi_app = app.wsgi_app, lambda environ, start: seen.append(environ) or []
    dispatch = origin.by_host(app)
    app.wsgi_app = inner
    version = uuid4()
    for host, path in (("abc.localhost:5000", f"/v/{version}//a%4\xe4 b"), ("localhost:5000", "/learn")):
        environ = {"HTTP_HOST": host, "PATH_INFO": path, "HTTP_COOKIE": "session=1"}
        list(dispatch(environ, lambda *told: None))

    assert seen == [
        {
            "HTTP_HOST": "abc.localhost:5000",
            "PATH_INFO": f"/_content/abc/v/{version}",
            "academy.apart": "abc",
            "academy.content_path": b"/a%4\xe4 b",
        },
        {"HTTP_HOST": "localhost:5000", "PATH_INFO": "/learn", "HTTP_COOKIE": "session=1"},
    ]


def test_content_sets_no_cookie(client: FlaskClient, opened: Launch) -> None:
    client.set_cookie("session", "anything", domain=f"{opened.label}.localhost")

    assert "Set-Cookie" not in _file(client, opened).headers


@pytest.mark.parametrize(
    ("template", "host", "path", "found"),
    [
        ("http://{label}.localhost:5000", "abc.localhost:5000", "/x", ("abc", "/x")),
        ("http://{label}.localhost:5000", "ABC.localhost:5000", "/x", ("abc", "/x")),
        ("http://{label}.localhost:5000", "localhost:5000", "/x", None),
        ("http://{label}.localhost:5000", "abc.localhost", "/x", None),
        ("http://{label}.localhost:5000", "a.b.localhost:5000", "/x", ("-", "/x")),
        ("https://c-{label}.example.org", "c-abc.example.org", "/", ("abc", "/")),
        ("https://c-{label}.example.org", "example.org", "/", None),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "/abc/v/1", ("abc", "/v/1")),
        ("http://127.0.0.1:8000", "localhost:8000", "/abc/v/1", None),
    ],
)
def test_hosts_of_content(template: str, host: str, path: str, found: tuple[str, str] | None) -> None:
    assert ContentHosts(template).match(host, path) == found


def test_addresses_of_content() -> None:
    wild, fixed = ContentHosts("http://{label}.localhost:5000"), ContentHosts("https://content.example")

    assert (wild.origin("abc"), wild.base("abc")) == ("http://abc.localhost:5000",) * 2
    assert (fixed.origin("abc"), fixed.base("abc")) == (
        "https://content.example",
        "https://content.example/abc",
    )
