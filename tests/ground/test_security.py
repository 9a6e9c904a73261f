"""What browsers may keep, and that files need no database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy.accounts.models import Person
from academy.templating import asset
from tests.factories import accounts


def test_public_pages_may_be_kept_until_somebody_told_something(app: Flask, client: FlaskClient) -> None:
    assert "Cache-Control" not in client.get("/help").headers

    client.post("/password/forgot", data={"email": "elena@example.org"})
    assert client.get("/password/sent").headers["Cache-Control"] == "no-store"
    assert client.get("/help").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/password/reset/x", "/confirm/x"])
def test_pages_of_mailed_links_are_not_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_who_is_signed_in_leaves_no_page_behind(sign_in: Callable[[Person], FlaskClient]) -> None:
    assert sign_in(accounts.person()).get("/courses").headers["Cache-Control"] == "no-store"


def test_files_are_kept_and_ask_no_database(
    app: Flask,
    sign_in: Callable[[Person], FlaskClient],
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    client = sign_in(accounts.person())
    with app.test_request_context():
        address = asset("img/eu.svg")
    with queries() as asked:
        answer = client.get(address)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asked == []
