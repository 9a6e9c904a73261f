"""The language of a page, and switching it."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from academy.accounts.models import Person
from academy.db import db
from academy.locale import filesize
from academy.transactions import only_reads
from tests.factories import accounts


def test_switching_keeps_the_language_with_the_person_though_somebody_else_writes(
    app: Flask, sign_in: Callable[[Person], FlaskClient]
) -> None:
    person = accounts.person(language="en")
    client = sign_in(person)
    begun: list[str] = []
    db.session.commit()

    def note(connection: object) -> None:
        begun.append("reads" if only_reads() else "writes")

    event.listen(db.engine, "begin", note)
    answer = client.get("/help?lang=ru&x=1")
    event.remove(db.engine, "begin", note)

    assert (answer.status_code, answer.location) == (302, "/help?x=1")
    if db.engine.dialect.name == "sqlite":  # one that begins to read only may not write once others did
        assert begun[0] == "writes"
    assert person.language == "ru"


ELSEWHERE = [
    "//evil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/%0A/evil.example",
    "///evil.example",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_switching_never_leads_to_another_site(app: Flask, path: str) -> None:
    environ = {"PATH_INFO": unquote(path), "QUERY_STRING": "lang=ru"}
    place = app.test_client().open(environ_overrides=environ, lint=False).location or "/"
    switched = app.test_client().open(environ_overrides=environ | {"QUERY_STRING": ""}, lint=False).text
    links = re.findall(r'href="([^"]*lang=ru)"', switched)

    assert links
    assert [one for one in (place, *links) if not re.match(r"/[A-Za-z0-9%]", one)] == []


def test_switching_keeps_a_place_in_russian(client: FlaskClient) -> None:
    assert client.get("/courses/КУРС?lang=ru").location == f"/courses/{quote('КУРС')}"


def test_nothing_has_no_size_and_a_byte_has_some(app: Flask) -> None:
    with app.test_request_context("/"):
        assert [filesize(size) for size in (0, 1, 1600, 2_000_000)] == [
            "0\xa0kB",
            "1\xa0kB",
            "2\xa0kB",
            "2\xa0MB",
        ]
