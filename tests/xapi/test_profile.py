"""The published xAPI Profile keeps the rules of xAPI Profiles 1.0, and says all that the code emits."""

import ast
from pathlib import Path
from uuid import UUID

import pytest

from academy import clock
from academy.courses.runtime import statements
from academy.courses.runtime.results import Result
from academy.courses.runtime.statements import Moment, Scene, Thing
from academy.xapi import formats, profile, validation, vocabulary
from tests.xapi import templates

PACKAGE = Path(profile.__file__).parents[1]
BASE = "https://academy.example.org"
DOCUMENT = profile.document(BASE)
NAMESPACES = (
    "http://adlnet.gov/expapi/",
    "https://w3id.org/xapi/",
    "http://id.tincanapi.com/",
    "https://xapi.",
)

PROPERTIES = {
    "Profile": {"@context", "id", "type", "conformsTo", "prefLabel", "definition", "versions", "author"},
    "StatementTemplate": {"id", "type", "inScheme", "prefLabel", "definition"},
}
OPTIONAL = {
    "Profile": {"seeAlso", "concepts", "templates", "patterns"},
    "StatementTemplate": {
        *("deprecated", "verb", "objectActivityType", "attachmentUsageType", "rules"),
        *(f"context{place}ActivityType" for place in ("Grouping", "Parent", "Other", "Category")),
        *("objectStatementRefTemplate", "contextStatementRefTemplate"),
    },
}


def test_the_document_keeps_the_rules_of_structure():
    """xAPI Profiles, Structure 4.0, 6.0, 6.1, 6.2 and 8.0."""
    templates = DOCUMENT["templates"]
    ids = [
        DOCUMENT["id"],
        *(version["id"] for version in DOCUMENT["versions"]),
        *(one["id"] for one in templates),
    ]

    for part in (DOCUMENT, *templates):
        required, optional = PROPERTIES[part["type"]], OPTIONAL[part["type"]]
        assert required <= part.keys() <= required | optional
        for words in (part["prefLabel"], part["definition"]):
            assert set(words) == {"en", "ru"}
    assert DOCUMENT["@context"] == "https://w3id.org/xapi/profiles/context"
    assert DOCUMENT["conformsTo"] == "https://w3id.org/xapi/profiles#1.0"
    assert set(DOCUMENT["author"]) == {"type", "name", "url"}
    assert DOCUMENT["author"]["type"] == "Organization"
    assert len(set(ids)) == len(ids)
    assert all(formats.is_iri(iri) and iri.startswith(f"{BASE}/xapi/profile") for iri in ids)
    assert all(formats.is_zoned_timestamp(version["generatedAtTime"]) for version in DOCUMENT["versions"])
    assert {one["inScheme"] for one in templates} == {DOCUMENT["versions"][0]["id"]}
    assert [empty for empty in values(DOCUMENT) if empty in ({}, [], "", None)] == []


def test_the_rules_of_templates_are_rules():
    """xAPI Profiles, Structure 8.1; ours use only plain paths."""
    for rule in (rule for one in DOCUMENT["templates"] for rule in one["rules"]):
        assert {"location"} < rule.keys() <= {"location", "presence", "any", "all", "none"}
        assert rule.get("presence", "included") in {"included", "excluded", "recommended"}
        assert all(path.startswith("$.") for path in rule["location"].split(" | "))


def test_nothing_of_other_vocabularies_is_defined_again():
    """xAPI Profiles, Structure 7.0: a concept is defined by one profile only."""
    assert all(concept["id"].startswith(BASE) for concept in DOCUMENT.get("concepts", []))


def written():
    """Return a statement of every kind that the run-time of packages tells."""
    things = [Thing(f"{BASE}/{kind}", {"en": kind}, kind) for kind in (vocabulary.COURSE, vocabulary.LESSON)]
    scene = Scene(
        actor={"objectType": "Agent", "account": {"homePage": BASE, "name": "01a2"}},
        registration=UUID(int=1),
        launch=UUID(int=2),
        course=things[0],
        sco=things[1],
        attempt=Thing(f"{BASE}/attempt", {"en": "attempt"}, vocabulary.ATTEMPT),
    )
    none, passed = Result("unknown", "unknown", None), Result("completed", "passed", 90.0)
    failed = Result("incomplete", "failed", 10.0)
    answered = {
        "cmi.core.score.raw": "90",
        "cmi.interactions.0.id": "q1",
        "cmi.interactions.0.type": "choice",
        "cmi.interactions.0.student_response": "a",
        "cmi.interactions.0.result": "correct",
    }
    events = [
        *statements.opening(resumed=False),
        *statements.opening(resumed=True),
        *statements.changes(({}, none), (answered, passed)),
        *statements.changes(({}, none), ({}, failed)),
        *statements.closing(result=passed, suspended=False, duration_ms=1000),
        *statements.closing(result=none, suspended=True, duration_ms=1000),
    ]
    return statements.written(scene, Moment(clock.now(), 1), events)


WRITTEN = written()


@pytest.mark.parametrize("statement", WRITTEN, ids=lambda one: one["verb"]["id"].rpartition("/")[2])
def test_every_statement_that_the_code_writes_follows_its_template(statement):
    validation.validate(statement)

    assert templates.faults(statement, DOCUMENT) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"verb": {"id": vocabulary.EXPERIENCED}},
        {"actor": {**WRITTEN[0]["actor"], "name": "Ana Popa"}},
        {"context": {**WRITTEN[0]["context"], "registration": None}},
        {"object": {"id": "x:y", "definition": {"type": vocabulary.MODULE}}},
        {"result": {"extensions": {"https://example.org/mood": 1}}},
    ],
)
def test_a_statement_of_another_kind_has_faults(changes):
    assert templates.faults({**WRITTEN[0], **changes}, DOCUMENT) != []


def test_every_template_is_written():
    assert {one["verb"]["id"] for one in WRITTEN} == {one["verb"] for one in DOCUMENT["templates"]}


def test_iris_of_xapi_stand_in_the_vocabulary_only():
    """What is emitted anywhere comes from `vocabulary`."""
    stray = [
        (path.name, node.value)
        for path in PACKAGE.rglob("*.py")
        if path.name not in {"vocabulary.py", "profile.py"}
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and str(node.value).startswith(NAMESPACES)
    ]

    assert stray == []


def test_whatever_other_rooms_use_of_the_vocabulary_is_in_the_document():
    said = {value for value in values(DOCUMENT) if isinstance(value, str)}
    used = {
        node.attr
        for path in PACKAGE.rglob("*.py")
        if not {"xapi", "administration"} & set(path.relative_to(PACKAGE).parts)  # the latter only reads
        for tree in [ast.parse(path.read_text())]
        if "vocabulary" in names_from_the_store(tree)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "vocabulary"
    } - {"VERBS"}

    assert {"RESPONDED", "LESSON", "SCORM_PROFILE"} <= used
    assert [name for name in sorted(used) if getattr(vocabulary, name) not in said] == []


@pytest.mark.parametrize("place", ["/xapi/profile", "/xapi/profile/v1"])
def test_everybody_may_read_it_and_ask_whether_it_changed(client, place):
    answer = client.get(place)

    assert answer.content_type == "application/ld+json"
    assert answer.json == profile.document("http://localhost:5000")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(place, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def values(value):
    """Go through a JSON value and all that is in it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from values(inner)


def names_from_the_store(tree):
    """Return what a module imports from `academy.xapi`."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports if node.module == "academy.xapi" for alias in node.names}
