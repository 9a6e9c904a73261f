"""The statement browser on pages: who may open it, what it shows, and that looking at people is on record."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from academy import audit
from academy.accounts import pseudonyms
from academy.accounts.models import Person
from academy.audit import AuditEntry
from academy.db import db
from academy.xapi import vocabulary
from tests.factories import accounts, xapi

LIST, NEW = "/admin/xapi/statements", "/admin/xapi/statements/new"
EVIL = '"><script>alert(1)</script>\u202e'

SignIn = Callable[[Person], FlaskClient]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    """Return the browser of an administrator."""
    return sign_in(accounts.person(roles=["administrator"], name_latin="Anna Admin"))


def stored(**parts: Any) -> UUID:
    """Store a statement."""
    (made,) = xapi.stored(xapi.statement(**parts))
    db.session.commit()
    return made


def lines(text: str) -> list[str]:
    """Return what the lines of a list say, without their times."""
    told = html.fromstring(text).xpath("//*[@class='statement__told']")
    return [" ".join(one.text_content().split()) for one in told]


def readings() -> list[AuditEntry]:
    """Return what is on record about reading."""
    query = sa.select(AuditEntry).where(AuditEntry.act == "xapi.read").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "editor", "observer", None])
def test_only_administrators_come_in(app: Flask, sign_in: SignIn, role: str | None) -> None:
    made = stored(actor={"mbox": "mailto:secret@example.org"})
    roles = [role] if role else []
    client = sign_in(accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=roles))
    for page in (
        "/admin/xapi",
        LIST,
        f"{NEW}?after=0",
        *(f"{LIST}/{made}{end}" for end in ("", "/inside", ".json")),
    ):
        answer = client.get(page, lint=False)

        assert (page, answer.status_code) == (page, 403)
        assert "secret@" not in answer.get_data(as_text=True)


def test_strangers_are_asked_to_sign_in(client: FlaskClient) -> None:
    assert "/sign-in" in client.get(LIST).location


def test_administration_leads_to_the_newest_statements(admin: FlaskClient) -> None:
    stored(object=xapi.activity("first"))
    stored(object=xapi.activity("second"))
    links = html.fromstring(admin.get("/admin").text).xpath("//a[@href='/admin/xapi']")

    assert [one.text_content().strip() for one in links] == ["Learning records"]
    assert lines(admin.get("/admin/xapi", follow_redirects=True).text) == [
        "learner@example.org experienced “second”",
        "learner@example.org experienced “first”",
    ]


def test_nothing_yet_and_nothing_for_filters_are_said_apart(admin: FlaskClient) -> None:
    assert "No statements yet" in admin.get(LIST).text
    stored()

    assert "No statement for these filters" in admin.get(f"{LIST}?verb=passed").text


def test_filters_show_what_is_asked_for_and_can_be_removed(admin: FlaskClient) -> None:
    stored(verb={"id": vocabulary.PASSED}, object=xapi.activity("wanted"))
    stored(object=xapi.activity("other"))
    text = admin.get(f"{LIST}?verb=passed&agent=learner@example.org").text
    chips = {one.get("href") for one in html.fromstring(text).xpath("//a[@class='chip']")}

    assert lines(text) == ["learner@example.org passed “wanted”"]
    assert chips == {f"{LIST}?verb=passed", f"{LIST}?agent=learner@example.org"}


def test_a_wrong_filter_reads_nothing_and_is_named_at_its_field(admin: FlaskClient) -> None:
    stored()
    answer = admin.get(f"{LIST}?since=yesterday&verb=experienced")
    page = html.fromstring(answer.text)
    (field,) = page.xpath("//input[@name='since']")

    assert (answer.status_code, lines(answer.text)) == (422, [])
    assert (field.get("value"), field.get("aria-invalid")) == ("yesterday", "true")
    assert "is no date" in page.xpath("string(//*[@role='alert'])")
    assert admin.get(f"{NEW}?since=yesterday&after=0", lint=False).status_code == 422


@pytest.mark.parametrize("place", ["before=x", "before=-1", "before=9" + "9" * 30, "after=%C2%B2", "before="])
def test_places_that_are_none_are_no_places(admin: FlaskClient, place: str) -> None:
    stored()

    assert len(lines(admin.get(f"{LIST}?{place}").text)) == 1


@pytest.mark.parametrize(
    "moment", ["0001-01-02", "0001-01-01T00:00:00Z", "9999-12-30", "9999-12-31T23:59:59Z"]
)
def test_moments_at_the_ends_of_the_calendar_can_be_asked_for(admin: FlaskClient, moment: str) -> None:
    stored()

    assert admin.get(f"{LIST}?since={moment}&until={moment}").status_code == 200


def test_pages_keep_the_filters(admin: FlaskClient) -> None:
    xapi.stored(*(xapi.statement(object=xapi.activity(str(number))) for number in range(120)))
    seen, address = [], f"{LIST}?verb=experienced"
    while address:
        text = admin.get(address).text
        seen += lines(text)
        address = next(iter(html.fromstring(text).xpath("//a[@rel='next']/@href")), "")

    assert seen == [f"learner@example.org experienced “{number}”" for number in range(119, -1, -1)]


def test_hostile_names_are_shown_as_text_cut_in_lists_and_whole_in_json(admin: FlaskClient) -> None:
    long = "y" * 1_000_000
    made = stored(
        actor={"mbox": "mailto:a@example.org", "name": EVIL},
        verb={"id": "https://example.org/v", "display": {"en": EVIL}},
        object={"id": "x:a", "definition": {"name": {"en": EVIL}, "description": {"en": long}}},
        result={"response": long},
        attachments=[
            {
                "usageType": "x:u",
                "display": {"en": EVIL},
                "contentType": "text/html",
                "length": 1,
                "sha2": "a" * 64,
                "fileUrl": "javascript:alert(1)",
            }
        ],
    )
    pages = {path: admin.get(path).text for path in (LIST, f"{LIST}/{made}")}
    inside = admin.get(f"{LIST}/{made}/inside", lint=False).text

    assert len(pages[LIST]) < 60_000
    assert inside.count(long) == 2
    for text in (*pages.values(), inside):
        assert "<script>alert" not in text
        assert 'href="javascript' not in text
    assert f"answer: {'y' * 79}…" in lines(pages[LIST])[0]


def test_one_statement_is_shown_with_its_fields_and_ways_on(admin: FlaskClient) -> None:
    registration = str(uuid4())
    made = stored(
        object={"id": "https://example.org/a", "definition": {"name": {"ru": "Урок"}, "type": "x:lesson"}},
        context={"registration": registration, "platform": "Tests", "instructor": xapi.agent("teacher")},
    )
    page = html.fromstring(admin.get(f"{LIST}/{made}").text)
    facts = dict(zip(page.xpath("//dt/text()"), page.xpath("//dd/text()"), strict=True))
    ways = page.xpath("//p[@class='cluster']/a/@href")

    assert facts["Type of activity"] == "x:lesson"
    assert facts["Registration"] == registration
    assert facts["Instructor"] == "mailto:teacher@example.org"
    assert [admin.get(way).status_code for way in ways] == [200] * 4
    assert f"{LIST}?registration={registration}" in ways


def test_the_text_is_sent_exactly_as_it_is_stored(admin: FlaskClient) -> None:
    made = stored(result={"score": {"raw": 1.50}}, context={"extensions": {"x:a": "\u2028é"}})
    text = admin.get(f"{LIST}/{made}.json").get_data()
    shown = html.fromstring(admin.get(f"{LIST}/{made}").text).xpath("string(//pre)")

    assert json.loads(text)["id"] == str(made)
    assert json.loads(shown) == json.loads(text)


def test_unknown_statements_are_not_found(admin: FlaskClient) -> None:
    for end in ("", "/inside", ".json"):
        assert admin.get(f"{LIST}/{uuid4()}{end}", lint=False).status_code == 404


def test_what_is_new_is_asked_for_by_the_cursor_of_the_page(admin: FlaskClient) -> None:
    stored(object=xapi.activity("old"))
    (box,) = html.fromstring(admin.get(f"{LIST}?verb=experienced").text).xpath("//*[@data-statements]")
    stored(object=xapi.activity("new"))
    stored(verb={"id": vocabulary.PASSED})
    answer = admin.get(f"{box.get('data-new')}&after={box.get('data-cursor')}", lint=False)
    cursor = html.fromstring(answer.text).get("data-cursor")
    again = admin.get(f"{box.get('data-new')}&after={cursor}", lint=False)

    assert lines(answer.text) == ["learner@example.org experienced “new”"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert lines(again.text) == []
    assert admin.get(NEW, lint=False).status_code == 422


def test_only_the_first_page_can_be_followed(admin: FlaskClient) -> None:
    stored()
    shown = {
        place: "data-follow" in admin.get(f"{LIST}?{place}").text
        for place in ("", "verb=passed", "until=2026-01-01", f"before={2**60}")
    }

    assert shown == {"": True, "verb=passed": True, "until=2026-01-01": False, f"before={2**60}": False}


def test_looking_at_a_person_is_on_record_but_not_each_question(admin: FlaskClient) -> None:
    person = accounts.person(name_latin="Elena Russu", email="elena@example.org")
    made = stored(actor=pseudonyms.actor(person))
    for path in (
        LIST,
        f"{LIST}?agent=elena@example.org&verb=experienced",
        f"{LIST}?agent=elena@example.org&before={2**60}",
        f"{NEW}?agent=elena@example.org&after=0",
        f"{LIST}/{made}/inside",
        f"{LIST}/{made}",
        f"{LIST}/{made}.json",
    ):
        assert admin.get(path, lint=False).status_code == 200

    entries = readings()
    assert [entry.target for entry in entries] == [str(person.public_id)] * 3
    said = audit.said(entries)
    assert [said[entry.id].after for entry in entries] == [
        {"verb": "experienced"},
        {"statement": str(made)},
        {"statement": str(made)},
    ]


def test_looking_at_strangers_is_not_on_record(admin: FlaskClient) -> None:
    made = stored()
    admin.get(f"{LIST}/{made}")
    admin.get(f"{LIST}?agent=mailto:learner@example.org")

    assert readings() == []


@pytest.mark.parametrize("address", [LIST, f"{LIST}?voided=1&verb=experienced", f"{NEW}?after=0"])
def test_it_asks_as_often_for_many_statements_as_for_few(
    admin: FlaskClient, queries: Counting, address: str
) -> None:
    def grow(numbers: range) -> None:
        people = [accounts.person() for _ in numbers]
        made = xapi.stored(
            *(
                xapi.statement(actor=pseudonyms.actor(person), object=xapi.activity(person.email))
                for person in people
            )
        )
        xapi.stored(*(xapi.statement(object=xapi.reference(one)) for one in made[:10]))
        db.session.commit()

    counts = []
    for numbers in (range(10), range(490)):
        grow(numbers)
        admin.get(address, lint=False)  # what a process remembers, it remembers now
        db.session.expire_all()
        with queries() as asked:
            assert admin.get(address, lint=False).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
