"""The pages on which administrators make, end and revoke credentials of the record store."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import clock
from academy.audit import AuditEntry
from academy.db import db
from academy.xapi import credentials
from academy.xapi.credentials import Entry, Terms
from tests.factories import accounts

LIST, NEW = "/admin/xapi/credentials", "/admin/xapi/credentials/new"


@pytest.fixture
def admin(app: Flask, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Return the browser of an administrator."""
    return sign_in(accounts.person(roles=["administrator"]))


def made(name: str = "Ministry", **terms: object) -> tuple[str, str]:
    """Make a credential."""
    pair = credentials.issue(
        db.session.connection(),
        name=name,
        scopes=["statements/write"],
        terms=Terms(**terms),  # type: ignore[arg-type]
    )
    db.session.commit()
    return pair


def kept(key: str) -> Entry:
    """Return a credential as it is now."""
    db.session.rollback()
    return credentials.entry(db.session.connection(), key=key)


def acts() -> list[str]:
    """Return the acts on record about credentials."""
    query = sa.select(AuditEntry.act).where(AuditEntry.kind == "credential").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "editor", "observer"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_administrators_come_in(
    app: Flask, sign_in: Callable[..., FlaskClient], role: str, method: str
) -> None:
    key, secret = made("Confidential")
    person = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=[role])
    client = sign_in(person)

    for address in (LIST, NEW, f"{LIST}/{key}", f"{LIST}/{key}/revoke"):
        if (method, address) == ("POST", LIST):
            continue
        answer = client.open(address, method=method, lint=False)
        assert answer.status_code == 403
        assert "Confidential" not in answer.get_data(as_text=True)
    assert kept(key).revoked is None


def test_the_secret_is_shown_once(admin: FlaskClient) -> None:
    entered = {
        "label": "Ministry <b>",
        "scopes": ["statements/write", "state"],
        "last_day": "2999-12-31",
        "per_minute": "60",
        "may_void": "y",
    }

    page = admin.post(NEW, data=entered)

    key, secret = re.findall(r"<code>([^<]+)</code>", page.get_data(as_text=True))[:2]
    bearer = credentials.bearer(db.session.connection(), key=key, secret=secret)
    assert bearer is not None
    assert (bearer.scopes, bearer.per_minute, bearer.may_void) == ({"statements/write", "state"}, 60, True)
    assert kept(key).expires == datetime(3000, 1, 1, tzinfo=UTC)  # the day counts to its end
    assert "no-store" in page.headers["Cache-Control"]
    for address in (LIST, f"{LIST}/{key}"):
        later = admin.get(address).get_data(as_text=True)
        assert "Ministry &lt;b&gt;" in later
        assert secret not in later
    assert acts() == ["xapi.credentials.create"]
    assert secret not in admin.get("/admin/audit").get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label": ""}, "Write who will use it."),
        ({"scopes": []}, "Choose at least one."),
        ({"scopes": ["everything"]}, "everything"),
        ({"last_day": "2001-01-01"}, "This day is over."),
        ({"last_day": "31.02.2999"}, "There is no such day."),
        ({"per_minute": "-1"}, "Write a number, 0 for no limit."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    admin: FlaskClient, wrong: dict[str, object], said: str
) -> None:
    answer = admin.post(NEW, data={"label": "X", "scopes": ["all"], **wrong})

    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    assert credentials.every(db.session.connection()) == []


def test_the_list_says_what_stands_and_asks_the_same_however_long(
    admin: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def asked() -> int:
        with queries() as seen:
            admin.get(LIST)
        return len(seen)

    key, _ = made("Old")
    admin.get(LIST)
    few = asked()
    for number in range(10):
        made(f"Client {number}")
    credentials.revoke(db.session.connection(), key=key)
    db.session.commit()
    used, _ = made("Used")
    credentials.note_use(db.session.connection(), key=used)
    db.session.commit()

    assert asked() == few
    page = admin.get(LIST).get_data(as_text=True)
    assert page.index("Used") < page.index("Client 0") < page.index("Old")
    assert (page.count("never"), page.count("Revoked")) == (11, 1)


def test_the_list_reads_in_russian(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    made()

    page = sign_in(accounts.person(roles=["administrator"], language="ru")).get(LIST).get_data(as_text=True)

    assert "Сохранять записи" in page


def test_the_end_of_a_credential_is_set_and_taken_back(admin: FlaskClient) -> None:
    key, _ = made(expires=clock.now() + timedelta(days=5))

    answer = admin.post(f"{LIST}/{key}", data={"last_day": "2999-06-30"})
    assert (answer.status_code, answer.location) == (303, LIST)
    assert kept(key).expires == datetime(2999, 7, 1, tzinfo=UTC)
    assert 'value="2999-06-30"' in admin.get(f"{LIST}/{key}").get_data(as_text=True)
    admin.post(f"{LIST}/{key}", data={"last_day": ""})

    assert kept(key).expires is None
    assert acts() == ["xapi.credentials.expire"] * 2
    assert admin.post(f"{LIST}/{key}", data={"last_day": "2001-01-01"}).status_code == 422


def test_revoking_asks_first_and_works_at_once(admin: FlaskClient) -> None:
    key, secret = made()

    assert "Revoke this credential?" in admin.get(f"{LIST}/{key}/revoke").get_data(as_text=True)
    assert kept(key).revoked is None
    assert admin.post(f"{LIST}/{key}/revoke").status_code == 303

    assert credentials.bearer(db.session.connection(), key=key, secret=secret) is None
    admin.post(f"{LIST}/{key}/revoke")
    assert acts() == ["xapi.credentials.revoke"]
    assert "Revoked at" in admin.get(f"{LIST}/{key}").get_data(as_text=True)


@pytest.mark.parametrize("key", ["unknown", "a%00b"])
def test_a_credential_that_is_not_there_is_not_found(admin: FlaskClient, key: str) -> None:
    assert admin.get(f"{LIST}/{key}", lint=False).status_code in {400, 404}


def test_a_long_list_has_pages_and_asks_as_often(
    admin: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    asked = []
    for _ in range(2):
        for number in range(30):
            made(f"Program {number}")
        admin.get(LIST)
        with queries() as seen:
            first = admin.get(LIST).text
        asked.append(len(seen))
    last = admin.get(f"{LIST}?page=2").text
    beyond = admin.get(f"{LIST}?page=99").text

    assert asked[0] == asked[1]
    assert [page.count('<th scope="row"') for page in (first, last, beyond)] == [50, 10, 10]
    assert "page=2" in first
