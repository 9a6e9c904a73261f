import pytest

from academy.xapi import presentation
from tests.factories import xapi

DEFINITION = {"name": {"en": "Lesson", "ru": "Урок"}, "type": "x:lesson"}


def test_reduced_keeps_what_identifies():
    group = {"objectType": "Group", "name": "Us", "member": [{**xapi.agent(), "name": "A"}]}
    statement = xapi.statement(
        actor={**xapi.agent(), "name": "A"},
        verb={**xapi.verb(), "display": {"en": "did"}},
        object={**xapi.activity(), "definition": DEFINITION},
        context={"team": group, "contextActivities": {"parent": [xapi.activity("course")]}, "platform": "x"},
        result={"success": True},
    )

    assert presentation.reduced(statement) == {
        "actor": xapi.agent(),
        "verb": xapi.verb(),
        "object": {"id": xapi.activity()["id"]},
        "context": {
            "team": {"objectType": "Group", "member": [xapi.agent()]},
            "contextActivities": {"parent": [{"id": xapi.activity("course")["id"]}]},
            "platform": "x",
        },
        "result": {"success": True},
    }


def test_reduced_identified_group_has_no_members():
    group = {"objectType": "Group", "mbox": "mailto:g@example.org", "member": [xapi.agent()]}

    assert presentation.reduced(xapi.statement(actor=group))["actor"] == {
        "objectType": "Group",
        "mbox": "mailto:g@example.org",
    }


def test_reduced_keeps_types_of_context_agents():
    item = {"objectType": "contextAgent", "agent": {**xapi.agent(), "name": "A"}, "relevantTypes": ["x:y"]}

    reduced = presentation.reduced(xapi.statement(context={"contextAgents": [item]}))

    assert reduced["context"] == {"contextAgents": [{**item, "agent": xapi.agent()}]}


def test_canonical_shows_what_the_store_knows_in_one_language():
    known = {**DEFINITION, "choices": [{"id": "a", "description": {"en": "A", "ru": "А"}}]}
    actor = {**xapi.agent(), "name": "A"}

    found = presentation.canonical(
        xapi.statement(actor=actor),
        definitions={xapi.activity()["id"]: known},
        displays={xapi.verb()["id"]: {"en": "experienced", "ru": "ознакомился"}},
        languages=["ru", "en"],
    )

    assert found == {
        "actor": actor,
        "verb": {**xapi.verb(), "display": {"ru": "ознакомился"}},
        "object": {
            **xapi.activity(),
            "definition": {
                "name": {"ru": "Урок"},
                "type": "x:lesson",
                "choices": [{"id": "a", "description": {"ru": "А"}}],
            },
        },
    }


@pytest.mark.parametrize(
    ("languages", "tag"),
    [
        (["ru"], "ru"),
        (["en"], "en-GB"),
        (["ru-BY"], "ru"),
        (["fr", "RU"], "ru"),
        (["fr"], "en-GB"),
        ([], "en-GB"),
    ],
)
def test_one_language_takes_the_nearest_of_the_preferred(languages, tag):
    texts = {"en-GB": "Lesson", "ru": "Урок"}

    assert presentation.one_language(texts, languages) == {tag: texts[tag]}


def test_one_language_of_an_empty_map_is_empty():
    assert presentation.one_language({}, ["en"]) == {}
