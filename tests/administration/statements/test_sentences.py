"""A statement as a person would tell it, in both languages, whatever strangers wrote into it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_babel import force_locale
from lxml import html

from academy.administration.statements import sentences
from academy.administration.statements.sentences import Known
from academy.xapi import json_text, vocabulary
from tests.factories import xapi

HOME = "https://academy.example.org"
PSEUDONYM = UUID("0193f1f0-0000-4000-8000-000000000001")
OURS = {"account": {"homePage": HOME, "name": str(PSEUDONYM)}}
REFERRED = xapi.statement(verb={"id": vocabulary.PASSED}, object={"id": "https://example.org/quiz"})
KNOWN = Known(HOME, {PSEUDONYM: "Elena Russu"}, {str(PSEUDONYM): REFERRED})
NO_BREAK = "\xa0"

Tell = Callable[..., str]


@pytest.fixture
def tell(app: Flask) -> Tell:
    """Return a function that tells a statement in a language, as plain text."""

    def plain(language: str = "en", **parts: Any) -> str:
        with app.test_request_context(headers={"Accept-Language": language}), force_locale(language):
            told = sentences.told(xapi.statement(**parts), KNOWN)
        text = html.fromstring(f"<p>{told.sentence}</p>").text_content()
        return f"{text}: {', '.join(told.outcome)}".replace(NO_BREAK, " ") if told.outcome else text

    return plain


def named(name: object, **more: Any) -> dict[str, Any]:
    """Return an activity with a name in one language or without any."""
    return {"id": "https://example.org/a/border%20course", "definition": {"name": name, **more}}


def test_it_says_who_did_what_and_what_came_of_it(tell: Tell) -> None:
    parts: dict[str, Any] = {
        "actor": OURS,
        "verb": {"id": vocabulary.PASSED},
        "object": named({"en": "Border quiz"}),
        "result": {
            "score": {"scaled": 0.86, "raw": 43, "max": 50},
            "success": True,
            "completion": True,
            "duration": "PT1H12M4S",
        },
    }

    assert tell(**parts) == "Elena Russu passed “Border quiz”: 86%, 43 of 50 points, completed, 1 h 12 min"
    assert tell("ru", **{**parts, "object": named({"ru": "Тест"})}) == (
        "Elena Russu сдаёт «Тест»: 86 %, 43 из 50 баллов, завершено, 1 ч 12 мин"
    )


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({}, ""),
        ({"score": {"scaled": 0}}, ": 0%"),
        ({"score": {"scaled": -0.5}}, ": -50%"),
        ({"score": {"raw": 0}}, ": 0 points"),
        ({"score": {"raw": 12345.5}}, ": 12 345.5 points"),
        ({"success": False, "completion": False}, ": not successful, not completed"),
        ({"response": "a\r\nb" + "c" * 200}, f": answer: a b{'c' * 76}…"),
        ({"extensions": {vocabulary.CMI5_PROGRESS: 40}}, ": 40% done"),
        ({"duration": "PT26S"}, ": 26 seconds"),
        ({"duration": "P" + "9" * 90 + "Y" + "9" * 9}, ""),
    ],
)
def test_results_are_said_where_there_are_any(tell: Tell, result: dict[str, Any], said: str) -> None:
    assert tell(result=result or None) == f"learner@example.org experienced “lesson”{said}"


def test_numbers_of_any_size_are_said_as_they_were_written(tell: Tell) -> None:
    result = json_text.decode('{"score": {"raw": 1e400, "max": 123456789012345678901234567890}}')

    assert tell(result=result).endswith(": 1e400 of 1234567890123456789… points")


def test_a_pass_that_says_it_is_none_is_told_with_the_contradiction(tell: Tell) -> None:
    verb = {"id": vocabulary.PASSED}

    assert tell(verb=verb, result={"success": True}) == "learner@example.org passed “lesson”"
    assert tell(verb=verb, result={"success": False}).endswith("“lesson”: not successful")


@pytest.mark.parametrize(
    ("verb", "english", "russian"),
    [
        (
            {"id": "https://e.org/v/watched", "display": {"en": "has watched"}},
            "has watched ",
            ": has watched, ",
        ),
        ({"id": "https://e.org/v#re%20wound"}, "re wound ", ": re wound, "),
        ({"id": "https://e.org/v/x", "display": {}}, "x ", ": x, "),
        ({"id": "x:/"}, "x: ", ": x:, "),
    ],
)
def test_unknown_verbs_are_called_as_displayed_or_by_the_end_of_their_iri(
    tell: Tell, verb: dict[str, Any], english: str, russian: str
) -> None:
    assert tell(verb=verb) == f"learner@example.org {english}“lesson”"
    assert tell("ru", verb=verb) == f"learner@example.org{russian}«lesson»"


def test_every_verb_of_the_academy_has_a_sentence_in_both_languages(tell: Tell) -> None:
    for iri, words in vocabulary.VERBS.items():
        english, russian = tell(verb={"id": iri}), tell("ru", verb={"id": iri})

        assert (words, english[:20], english[-8:]) == (words, "learner@example.org ", "“lesson”")
        assert (words, russian[:20], russian[-8:]) == (words, "learner@example.org ", "«lesson»")
        assert not any("a" <= letter <= "z" for letter in russian[20:-8]), words


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        ({"mbox": "mailto:a@example.org", "name": "Ana"}, "Ana"),
        ({"mbox": "mailto:a@example.org", "name": " \n "}, "a@example.org"),
        ({"mbox_sha1sum": "ab" * 20}, "ab" * 20),
        ({"openid": "https://id.example.org/ana"}, "https://id.example.org/ana"),
        ({"account": {"homePage": "https://hr.example.org", "name": "4711"}}, "4711"),
        ({"account": {"homePage": "https://hr.example.org", "name": str(PSEUDONYM)}}, "0193f1f0…"),
        ({"account": {"homePage": HOME, "name": str(UUID(int=7))}, "name": "Ana"}, "Ana"),
        ({"objectType": "Group", "mbox": "mailto:us@example.org"}, "us@example.org"),
        ({"objectType": "Group", "member": [xapi.agent("a"), OURS]}, "Group (a@example.org, Elena Russu)"),
        (
            {"objectType": "Group", "member": [xapi.agent(name) for name in "abcde"]},
            "Group (a@example.org, b@example.org, c@example.org and 2 more)",
        ),
    ],
)
def test_actors_are_called_by_what_is_known_of_them(tell: Tell, actor: dict[str, Any], said: str) -> None:
    assert tell(actor=actor) == f"{said} experienced “lesson”"
    assert tell(verb={"id": "x:mentored"}, object={"objectType": "Agent", **actor}).endswith(f" {said}")


def test_statements_within_statements_are_told_inside_quotation_marks(tell: Tell) -> None:
    inner = {"objectType": "SubStatement", **xapi.statement(verb={"id": "x:/y/will-visit"})}
    other = "9f5c7f0a-0000-4000-8000-00001234abcd"

    assert tell(verb={"id": "x:/y/planned"}, object=inner) == (
        "learner@example.org planned “learner@example.org will-visit ‘lesson’”"
    )
    assert tell("ru", verb={"id": vocabulary.VOIDED}, object=xapi.reference(PSEUDONYM)) == (
        "learner@example.org аннулирует запись: «learner@example.org сдаёт „quiz“»"
    )
    assert tell(verb={"id": vocabulary.COMMENTED}, object=xapi.reference(other)) == (
        "learner@example.org commented on the statement …1234abcd"
    )


def test_references_that_lead_in_a_circle_end(app: Flask) -> None:
    here = str(UUID(int=1))
    statement = xapi.statement(verb={"id": "x:/meant"}, object=xapi.reference(here))
    with app.test_request_context():
        told = sentences.told(statement, Known(referred={here: statement}))

    assert html.fromstring(told.sentence).text_content().endswith("meant another statement””")


def test_names_are_escaped_cut_and_turn_nothing_around_them(app: Flask) -> None:
    statement = xapi.statement(
        actor={"mbox": "mailto:a@example.org", "name": "<script>x</script> \u202ekcatta\u202c\u2066"},
        object=named({"fr": "é" * 1_000_000}),
    )
    with app.test_request_context():
        told = sentences.told(statement, KNOWN)

    assert "<script" not in told.sentence
    assert "&lt;script&gt;x&lt;/script&gt; kcatta</bdi> experienced" in told.sentence
    assert f'lang="fr">“{"é" * 79}…”</bdi>' in told.sentence


def test_languages_that_are_no_language_name_none(app: Flask) -> None:
    for tag in ("und", "en-GB", "x-" + "-".join(["a" * 8] * 1000)):
        with app.test_request_context():
            told = sentences.told(xapi.statement(object=named({tag: "Name"})), KNOWN)

        assert "lang=" not in told.sentence
