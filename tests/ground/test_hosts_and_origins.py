"""Which hosts are answered, which pages may send forms, and what headers tell browsers."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from academy.accounts.models import Person
from academy.accounts.views.landing import safe_path
from academy.app import create_app
from academy.security import _is_own_host
from tests.factories import accounts

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

BASE, CONTENT = "https://academy.example.org", "https://{label}.content.example.org"
SignIn = Callable[[Person], FlaskClient]


@pytest.mark.parametrize(
    "host",
    ["academy.example.org", "ACADEMY.example.org:443", "academy.example.org.", "abc1.content.example.org"]
    + ["second.example.org"],
)
def test_own_hosts_are_answered(host: str) -> None:
    assert _is_own_host(host, BASE, CONTENT, "second.example.org,third.example.org")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "academy.example.org.evil.example",
        "evil-academy.example.org",
        "localhost",
        "[::1]:80",
    ]
    + ["content.example.org", ".content.example.org", "127.0.0.1", "academy.example.org@evil.example", ","],
)
def test_other_hosts_are_not(host: str) -> None:
    assert not _is_own_host(host, BASE, CONTENT, "second.example.org")


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:5000", "[::1]:5000", "a1.localhost:5000"])
def test_this_machine_is_answered_by_each_of_its_names(host: str) -> None:
    assert _is_own_host(host, "http://localhost:5000", "http://{label}.localhost:5000", "")


def test_a_wrong_host_gets_nothing_and_is_not_repeated(client: FlaskClient) -> None:
    for path in ("/", "/sign-in?lang=ru", "/nowhere", "/xapi/about", "/static/img/eu.svg"):
        answer = client.get(path, base_url="http://evil.example")

        assert answer.status_code == 421
        assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_may_ask_under_any_name(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url="http://10.0.0.7").status_code in {200, 503}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost:5000"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://a1.localhost:5000"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_only_own_pages_send_forms(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/sign-out", headers=headers).status_code == status


def test_clients_of_the_record_store_come_from_anywhere(client: FlaskClient) -> None:
    headers = {"Origin": "http://evil.example", "X-Experience-API-Version": "1.0.3"}
    answer = client.post("/xapi/statements", json=[], headers=headers)

    assert answer.status_code == 401  # it asks for a credential, not for an origin


@pytest.fixture(scope="module")
def on_https(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance = tmp_path_factory.mktemp("https")
    settings = {"INSTANCE_PATH": str(instance), "DATABASE_URL": f"sqlite:///{instance / 'a.sqlite'}"}
    return create_app(settings | {"BASE_URL": BASE, "CONTENT_ORIGIN": CONTENT, "SECRET_KEY": "x"})


def test_cookies_on_https_are_bound_to_the_host(on_https: Flask) -> None:
    # the proxy speaks plain http to us: what cookies look like follows BASE_URL
    answer = on_https.test_client().get("/sign-in", base_url="http://academy.example.org")
    [cookie] = answer.headers.getlist("Set-Cookie")
    [language] = (
        on_https.test_client()
        .get("/help?lang=ru", base_url="http://academy.example.org")
        .headers.getlist("Set-Cookie")
    )

    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(language.split("; "))


def test_browsers_stay_on_https(on_https: Flask) -> None:
    for host, path in (("academy.example.org", "/sign-in"), ("a1.content.example.org", "/x")):
        answer = on_https.test_client().get(path, base_url=f"https://{host}")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_form_on_https_needs_a_token_but_no_referrer(on_https: Flask) -> None:
    browser = on_https.test_client()
    page = browser.get("/sign-in", base_url=BASE).text
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page)
    assert found is not None
    headers = {"Origin": BASE}

    refused = browser.post("/sign-in", data={"email": "x"}, base_url=BASE, headers=headers)
    read = browser.post(
        "/sign-in", data={"email": "x", "csrf_token": found[1]}, base_url=BASE, headers=headers
    )

    assert (refused.status_code, read.status_code) == (400, 422)


def test_pages_tell_browsers_what_is_allowed(sign_in: SignIn) -> None:
    headers = sign_in(accounts.person()).get("/profile").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy


def test_an_error_page_has_the_same_headers(client: FlaskClient) -> None:
    headers = client.get("/nowhere").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


#: Pieces of which addresses of other sites are made, as browsers read them.
PIECES = st.sampled_from(
    ["/", "\\", "//", "/\\", "evil.example", "http:", "https:", "javascript:", "%2f", "%5c", "%09", "@", "."]
    + [
        "..",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\x0b",
        " ",
        "\u2028",
        "\u00a0",
        "\ufeff",
        "？",
        "／",
        "learn",
        "?q=",
        "#",
        ";",
        ":",
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=20).map(lambda text: f"/{text}"))
def test_next_never_leads_elsewhere(target: str) -> None:
    place = safe_path(target)
    if place is None:
        return
    # as the URL standard reads it: tabs and newlines go, backslashes are slashes
    read = re.sub(r"[\t\r\n]", "", place).strip("".join(map(chr, range(33)))).replace("\\", "/")
    reached = urlsplit(urljoin("https://academy.example.org/sign-in", read))

    assert (reached.scheme, reached.netloc) == ("https", "academy.example.org")
    assert read.startswith("/")
    assert not read.startswith("//")


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "/%5cevil.example", "/%2fevil.example"]
)
def test_the_language_switch_stays_here(client: FlaskClient, path: str) -> None:
    place = client.get(f"{path}?lang=ru", lint=False).headers.get("Location", "/")

    assert place.startswith("/")
    assert place[1:2] not in {"/", "\\"}


def test_a_refused_form_leads_back_to_its_page(client: FlaskClient) -> None:
    inside = client.post("/profile", headers={"Referer": "http://localhost/profile?a=b"})
    outside = client.post("/profile", headers={"Referer": "http://evil.example/profile"})

    assert inside.location == "/sign-in?next=/profile?a%3Db"
    assert outside.location == "/sign-in"
