"""The audit record on pages: for administrators only, found by person, act, thing, days and words."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import event

from academy import audit, clock
from academy.accounts import records
from academy.accounts.models import Person
from academy.administration import record
from academy.administration.record import Filters
from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts

LIST = "/admin/audit"


@pytest.fixture
def admin(app: Flask) -> Person:
    return accounts.person(roles=["administrator"], name_latin="Anna Admin")


@pytest.fixture
def browser(admin: Person, sign_in: Callable[[Person], FlaskClient]) -> FlaskClient:
    return sign_in(admin)


def person(name: str, **facts: Any) -> Person:
    return accounts.person(name_latin=name, email=f"{name.split()[0].lower()}@example.org", **facts)


def shown(answer: Any) -> list[tuple[str, str]]:
    """Return (act, on what or whom) of each row."""
    rows = html.fromstring(answer.text).xpath("//tbody/tr")
    return [(row[1].text_content().strip(), row[2].text_content().strip()) for row in rows]


def some_acts(admin: Person) -> dict[str, Person]:
    people = {"ana": person("Ana Learner"), "ion": person("Ion Coordinator")}
    audit.record("person.confirm", target=records.person(people["ana"]), by=people["ion"], reason="By letter")
    audit.record("role.grant", target=records.person(people["ion"]), after={"role": "coordinator"}, by=admin)
    audit.record(
        "certificates.revoke",
        target=audit.Target("PPTA-1", "C1"),
        before={"status": "valid"},
        after={"status": "revoked"},
    )
    audit.record("state.save", target=audit.Target("MD", "Moldova"), after={"status": "active"}, by=admin)
    db.session.commit()
    return people


@pytest.mark.parametrize("role", ["learner", "trainer", "coordinator", "secretariat", "observer", "editor"])
def test_only_administrators_read_the_record(
    admin: Person, sign_in: Callable[[Person], FlaskClient], role: str
) -> None:
    some_acts(admin)
    roles = [] if role in {"learner", "coordinator"} else [role]
    other = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=roles)
    client = sign_in(other)
    entry = db.session.scalars(sa.select(AuditEntry)).first()
    assert entry is not None

    answers = [client.get(path) for path in (LIST, f"{LIST}/{entry.public_id}", f"{LIST}.csv")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "Ana Learner" not in "".join(answer.text for answer in answers)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["state.save", "certificates.revoke", "role.grant", "person.confirm"]),
        ({"person": "coordinator"}, ["role.grant", "person.confirm"]),
        ({"person": "ANA@example"}, ["person.confirm"]),
        ({"person": "nobody"}, []),
        ({"act": "role.grant"}, ["role.grant"]),
        ({"kind": "certificate"}, ["certificates.revoke"]),
        ({"target": "MD"}, ["state.save"]),
        ({"q": "letters"}, ["person.confirm"]),
        ({"q": "learner", "act": "role.grant"}, []),
        ({"from": "2000-01-01", "to": "2000-01-02"}, []),
        ({"from": "01.01.2020", "person": "coordinator", "q": "Ion"}, ["role.grant", "person.confirm"]),
    ],
)
def test_the_record_is_searched(
    admin: Person, browser: FlaskClient, query: dict[str, str], found: list[str]
) -> None:
    some_acts(admin)

    answer = browser.get(LIST, query_string=query)

    names = {str(act.sentence): code for code, act in audit.ACTS.items()}
    assert [names[act] for act, _on in shown(answer)] == found
    chips = html.fromstring(answer.text).xpath("//a[@class='chip']")
    assert len(chips) == len(query)


def test_a_person_is_found_by_public_id_after_the_erasure(admin: Person, browser: FlaskClient) -> None:
    ana = some_acts(admin)["ana"]
    audit.record("person.erase", target=ana.public_id, by=admin)
    audit.forget(ana.public_id)
    db.session.delete(ana)
    db.session.commit()

    answer = browser.get(LIST, query_string={"person": str(ana.public_id)})

    assert shown(answer)[1] == ("Place of service confirmed", "erased")
    assert "Ana" not in answer.text
    assert shown(browser.get(LIST, query_string={"q": "Ana"})) == []


def test_pages_go_back_and_forth_without_gaps(admin: Person, browser: FlaskClient) -> None:
    for number in range(120):
        audit.record("state.save", target=f"S{number}", by=admin)
    db.session.commit()

    def step(page: Any, rel: str) -> Any:
        (link,) = html.fromstring(page.text).xpath(f"//nav//a[@rel='{rel}']/@href")
        return browser.get(link)

    first = browser.get(LIST, query_string={"act": "state.save"})
    second = step(first, "next")
    third = step(second, "next")

    seen = [on for page in (first, second, third) for _act, on in shown(page)]
    assert seen == [f"S{number}" for number in reversed(range(120))]
    assert shown(step(third, "prev")) == shown(second)
    assert shown(step(step(third, "prev"), "prev")) == shown(first)
    assert 'rel="next"' not in third.text
    assert 'rel="prev"' not in first.text


def test_an_entry_shows_before_and_after_side_by_side(admin: Person, browser: FlaskClient) -> None:
    audit.record(
        "state.save",
        target=audit.Target("MD", "Moldova"),
        before={"status": "active", "name": {"en": "Moldova"}, "footnote": False},
        after={"status": "former", "name": {"en": "Republic"}, "footnote": False},
        by=admin,
        reason="A note",
    )
    db.session.commit()
    (entry,) = db.session.scalars(sa.select(AuditEntry))

    answer = browser.get(f"{LIST}/{entry.public_id}")

    rows = html.fromstring(answer.text).xpath("//tbody/tr")
    assert [[" ".join(cell.text_content().split()) for cell in row] for row in rows] == [
        ["Name", "EN Moldova", "EN Republic"],
        ["Status", "active", "former"],
    ]
    assert "A note" in answer.text
    assert browser.get(f"{LIST}/{uuid4()}").status_code == 404


def test_the_file_holds_what_the_filters_leave_and_is_itself_on_record(
    admin: Person, browser: FlaskClient
) -> None:
    some_acts(admin)

    answer = browser.get(f"{LIST}.csv", query_string={"act": "role.grant", "q": "ion"})

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["Code of the act"], row["On what or whom"], row["After"]) for row in rows] == [
        ("role.grant", "Ion Coordinator, ion@example.org", "role: coordinator")
    ]
    last = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.act, last.actor) == ("audit.export", admin.public_id)
    assert audit.said([last])[last.id].after == {"act": "role.grant"}  # not what was searched for


@pytest.mark.parametrize("query", [{}, {"person": "example"}, {"q": "learner"}])
def test_a_list_takes_the_same_queries_however_long(
    admin: Person, browser: FlaskClient, queries: Any, query: dict[str, str]
) -> None:
    counts = []
    for entries in (10, 60):
        for _ in range(entries):
            audit.record("person.confirm", target=records.person(person(f"Learner{uuid4().hex}")), by=admin)
        db.session.commit()
        with queries() as seen:
            browser.get(LIST, query_string=query)
        counts.append(len(seen))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(person="6f0f0a0e-0000-7000-8000-000000000001"),
        Filters(act="role.grant"),
        Filters(target="MD"),
        Filters(since=datetime(2026, 1, 1).date(), until=datetime(2026, 2, 1).date()),
        Filters(text="word"),
    ],
)
def test_no_filter_reads_the_whole_record(app: Flask, filters: Filters) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the planner of PostgreSQL reads small tables whole")
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    for start in (None, (clock.now(), 7)):
        db.session.scalars(record._select(filters, start, backwards=False).limit(50)).all()
    event.remove(db.engine, "before_cursor_execute", note)

    for statement, values in sent:
        if "audit_entry" in statement:
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row[3] for row in plan]
            assert [step for step in steps if re.match(r"SCAN audit_entry(?! USING .*INDEX)", step)] == []


def test_days_begin_and_end_at_midnight_utc(
    admin: Person, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 3, 14, 12, tzinfo=UTC)
    for hours in (-13, -12, 11, 12):
        monkeypatch.setattr(clock, "now", lambda hours=hours: noon + timedelta(hours=hours))
        audit.record("state.save", target=f"{hours}", by=admin)
    monkeypatch.undo()
    db.session.commit()

    answer = browser.get(LIST, query_string={"from": "2026-03-14", "to": "2026-03-14"})

    assert [on for _act, on in shown(answer)] == ["11", "-12"]
