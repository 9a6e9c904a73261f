"""Filters of an address: each read with care, each fault named, and written again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask, g
from flask_babel import force_locale

from academy.accounts import pseudonyms
from academy.accounts.models import Person
from academy.administration.statements import asked, whom
from academy.courses.identifiers import course_iri
from academy.db import db
from academy.xapi import relations, vocabulary
from academy.xapi.json_text import Json
from tests.factories import accounts, courses

REGISTRATION = "0193f1f0-0000-7000-8000-000000000001"
SITE = "https://hr.example.org"
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def viewer(app: Flask) -> Iterator[Person]:
    """Return an administrator, within a request that is read in Prague."""
    with app.test_request_context():
        g.writes = True  # the tests make what is asked for
        yield accounts.person(roles=["administrator"], name_latin="Anna Viewer")
        db.session.remove()


def identity(agent: Json) -> str | None:
    return relations.identity(agent)


def test_an_empty_address_asks_for_everything_that_is_not_voided(viewer: Person) -> None:
    found = asked.read({"agent": " ", "since": "", "page": "7"}, viewer=viewer)

    assert (found.texts, found.wrong) == ({}, {})
    assert found.wanted == asked.StatementFilter()
    assert asked.read({"voided": "1"}, viewer=viewer).wanted.with_voided


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("mailto:a@example.org", {"mbox": "mailto:a@example.org"}),
        ("unknown@example.org", {"mbox": "mailto:unknown@example.org"}),
        ("ab" * 20, {"mbox_sha1sum": "ab" * 20}),
        ("https://id.example.org/ana", {"openid": "https://id.example.org/ana"}),
        (f"{SITE} 47 11", {"account": {"homePage": SITE, "name": "47 11"}}),
        ('{"mbox": "mailto:a@example.org"}', {"mbox": "mailto:a@example.org"}),
    ],
)
def test_agents_are_found_by_any_identifier(viewer: Person, text: str, agent: Json) -> None:
    found = asked.read({"agent": text}, viewer=viewer)

    assert (found.wrong, found.person) == ({}, None)
    assert found.wanted.agent == identity(agent)


@pytest.mark.parametrize(
    "agent",
    [
        {"mbox": "mailto:a@example.org"},
        {"mbox_sha1sum": "ab" * 20},
        {"openid": "https://id.example.org/ana"},
        {"openid": "urn:x"},
        {"account": {"homePage": SITE, "name": "Ana Maria"}},
        {"account": {"homePage": SITE, "name": " {"}},
        {"account": {"homePage": "urn:x", "name": "4711"}},
    ],
)
def test_what_links_say_of_an_agent_finds_it_again(viewer: Person, agent: Json) -> None:
    found = asked.read({"agent": whom.typed(agent)}, viewer=viewer)

    assert (found.wrong, found.wanted.agent) == ({}, identity(agent))


def test_people_of_the_academy_are_found_by_name_address_and_pseudonym(viewer: Person) -> None:
    person = accounts.person(name_latin="Zoia Unic", name_cyrillic="Зоя Уник", email="zoia@example.org")
    name = pseudonyms.name_of(person)
    ours = pseudonyms.actor(person)

    for text in ("Zoia Unic", "зоя", "ZOIA@example.org", str(name), whom.typed(ours)):
        found = asked.read({"agent": text}, viewer=viewer)
        assert (text, found.wrong, found.person) == (text, {}, person)
        assert found.wanted.agent == identity(ours)


def test_a_name_of_several_people_lets_one_choose(viewer: Person) -> None:
    twins = {accounts.person(name_latin=f"Gemini {name}") for name in ("Ana", "Ion")}

    found = asked.read({"agent": "gemini"}, viewer=viewer)

    assert found.wrong == {"agent": "2 people are called “gemini”."}
    assert set(found.choices) == twins


def test_verbs_are_found_by_iri_and_by_word_in_both_languages(viewer: Person) -> None:
    words = ("completed", "Completed", "завершение", vocabulary.COMPLETED)

    assert {asked.read({"verb": word}, viewer=viewer).wanted.verb for word in words} == {vocabulary.COMPLETED}


def test_activities_are_found_by_iri_and_by_code_of_a_course(viewer: Person) -> None:
    course = courses.course()
    by_code = asked.read({"activity": course.code, "related": "1"}, viewer=viewer).wanted

    assert (by_code.activity, by_code.related_activities) == (course_iri(course), True)
    assert asked.read({"activity": "x:y"}, viewer=viewer).wanted.activity == "x:y"


@pytest.mark.parametrize(
    ("text", "first", "length"),
    [
        ("2026-11-24", datetime(2026, 11, 23, 23, tzinfo=UTC), timedelta(days=1)),
        ("24.11.2026", datetime(2026, 11, 23, 23, tzinfo=UTC), timedelta(days=1)),
        ("2026-11-24 18:30", datetime(2026, 11, 24, 17, 30, tzinfo=UTC), timedelta(minutes=1)),
        ("24.11.2026 18:30", datetime(2026, 11, 24, 17, 30, tzinfo=UTC), timedelta(minutes=1)),
        ("2026-11-24T18:30:15", datetime(2026, 11, 24, 17, 30, 15, tzinfo=UTC), timedelta(seconds=1)),
    ],
)
def test_days_and_minutes_are_the_readers_and_wholly_within(
    viewer: Person, text: str, first: datetime, length: timedelta
) -> None:
    """`since` leaves out the moment itself, `until` includes it."""
    found = asked.read({"since": text, "until": text}, viewer=viewer).wanted

    assert (found.since, found.until) == (first - MICROSECOND, first + length - MICROSECOND)


@pytest.mark.parametrize("written", ["2026-11-24T18:30:15.5Z", "2026-11-24T19:30:15.5+01:00"])
def test_exact_moments_are_taken_as_they_are(viewer: Person, written: str) -> None:
    moment = datetime(2026, 11, 24, 18, 30, 15, 500_000, tzinfo=UTC)

    for text in (written, written.replace("+", " ")):  # as an address not quite quoted brings it
        found = asked.read({"since": text, "until": text}, viewer=viewer).wanted
        assert (found.since, found.until) == (moment, moment)


@pytest.mark.parametrize(
    ("name", "text", "english", "russian"),
    [
        ("agent", "Nobody Atall", "Nobody in the Academy is called “Nobody Atall”.", "нет никого с именем"),
        ("agent", "{}", "This is no agent: ", "не субъект"),
        ("agent", "{" * 500, "This is no agent: ", "не субъект"),
        ("verb", "frobnicated", "“frobnicated” is no verb that is known here.", "Глагол «frobnicated»"),
        (
            "activity",
            "NO-SUCH",
            "“NO-SUCH” is neither the IRI of an activity nor the code",
            "не IRI активности",
        ),
        ("registration", "1234", "“1234” is no registration: that is a UUID.", "«1234» — не регистрация"),
        ("since", "2026-02-30", "“2026-02-30” is no date: write it as", "«2026-02-30» — не дата"),
        ("since", "0001-01-01", "“0001-01-01” is no date", "не дата"),
        ("until", "9999-12-31", "“9999-12-31” is no date", "не дата"),
        ("until", "tomorrow", "“tomorrow” is no date", "не дата"),
        ("verb", "x:" + "y" * 3000, "This is too long.", "Слишком длинный"),
        ("activity", "x:\0", "This holds characters that are in no statement.", "символы"),
    ],
)
def test_what_cannot_be_used_is_named(
    viewer: Person, name: str, text: str, english: str, russian: str
) -> None:
    found = asked.read({name: text, "voided": "1"}, viewer=viewer)
    with force_locale("ru"):
        in_russian = asked.read({name: text}, viewer=viewer)

    assert list(found.wrong) == [name]
    assert found.wrong[name].startswith(english)
    assert russian in in_russian.wrong[name]
    assert found.texts == {name: text, "voided": "1"}


def test_a_registration_is_read_and_filters_are_written_again(viewer: Person) -> None:
    found = asked.read(
        {"registration": REGISTRATION.upper(), "verb": "passed", "related": "1"}, viewer=viewer
    )

    assert found.wanted.registration == UUID(REGISTRATION)
    assert found.arguments(verb="", before=7) == {
        "registration": REGISTRATION.upper(),
        "related": "1",
        "before": 7,
    }
