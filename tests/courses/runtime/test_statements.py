"""Changes of a SCO's data as statements of the SCORM profile."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.runtime import cmi, results, statements
from academy.courses.runtime.results import Result
from academy.courses.runtime.statements import Event, Moment, Scene, Thing
from academy.xapi import formats, validation
from academy.xapi.editions import Edition

BASE = "http://localhost:5000/xapi/activities"
TYPES = "http://adlnet.gov/expapi/activities"
SCENE = Scene(
    actor={"objectType": "Agent", "account": {"homePage": "http://localhost:5000", "name": "p-1"}},
    registration=UUID("01a20be9-0832-700f-84c8-9210d74f0e9a"),
    launch=UUID("01a20be9-083b-7188-8959-000990fa927a"),
    course=Thing(f"{BASE}/course/c", {"en": "Course", "ru": "Курс"}, f"{TYPES}/course"),
    sco=Thing(f"{BASE}/sco/s", {"en": "Part", "ru": "Часть"}, f"{TYPES}/lesson"),
    attempt=Thing(f"{BASE}/attempt/a", {"en": "Part"}, f"{TYPES}/attempt"),
)
MOMENT = Moment(datetime(2026, 11, 24, 4, 20, 0, 123456, tzinfo=UTC), seq=17)
NOTHING: tuple[dict[str, str], Result] = ({}, Result())


def _verbs(events: list[Event]) -> list[str]:
    return [event.verb.rpartition("/")[2] for event in events]


def test_the_first_contact_as_a_whole_statement() -> None:
    [found] = statements.written(SCENE, MOMENT, statements.opening(resumed=False))

    assert found == {
        "id": found["id"],
        "version": "1.0.3",
        "timestamp": "2026-11-24T04:20:00.123456Z",
        "actor": SCENE.actor,
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/initialized",
            "display": {"en": "initialized", "ru": found["verb"]["display"]["ru"]},
        },
        "object": {
            "objectType": "Activity",
            "id": f"{BASE}/sco/s",
            "definition": {
                "type": f"{TYPES}/lesson",
                "name": {"en": "Part", "ru": "Часть"},
                "description": {"en": "Part", "ru": "Часть"},
            },
        },
        "context": {
            "registration": "01a20be9-0832-700f-84c8-9210d74f0e9a",
            "contextActivities": {
                "category": [
                    {
                        "objectType": "Activity",
                        "id": "https://w3id.org/xapi/scorm",
                        "definition": {"type": f"{TYPES}/profile"},
                    }
                ],
                "grouping": [
                    {
                        "objectType": "Activity",
                        "id": f"{BASE}/course/c",
                        "definition": {
                            "type": f"{TYPES}/course",
                            "name": {"en": "Course", "ru": "Курс"},
                            "description": {"en": "Course", "ru": "Курс"},
                        },
                    },
                    {
                        "objectType": "Activity",
                        "id": f"{BASE}/attempt/a",
                        "definition": {
                            "type": f"{TYPES}/attempt",
                            "name": {"en": "Part"},
                            "description": {"en": "Part"},
                        },
                    },
                ],
            },
        },
    }


def test_ids_follow_from_launch_commit_and_verb() -> None:
    one, two = (statements.written(SCENE, MOMENT, statements.opening(resumed=False)) for _ in range(2))
    others = [
        statements.written(SCENE, MOMENT, statements.opening(resumed=True)),
        statements.written(SCENE, replace(MOMENT, seq=18), statements.opening(resumed=False)),
        statements.written(
            replace(SCENE, launch=SCENE.registration), MOMENT, statements.opening(resumed=False)
        ),
    ]

    assert one == two
    assert one[0]["id"] not in {found["id"] for [found] in others}


def test_a_pass_is_told_once_with_completion_and_score() -> None:
    data = {"cmi.core.score.raw": "85", "cmi.core.score.min": "0", "cmi.core.score.max": "100"}
    passed = Result("completed", "passed", 85)

    events = statements.changes(NOTHING, (data, passed))

    assert _verbs(events) == ["scored", "completed", "passed"]
    score = {"raw": 85, "scaled": 0.85, "min": 0, "max": 100}
    assert [event.result for event in events] == [
        {"score": score},
        {"score": score, "completion": True},
        {"score": score, "success": True, "completion": True},
    ]
    assert statements.changes((data, passed), (data, passed)) == []


def test_a_failure_says_nothing_of_completion() -> None:
    events = statements.changes(NOTHING, ({"cmi.core.lesson_status": "failed"}, Result("unknown", "failed")))

    assert [(event.verb.rpartition("/")[2], event.result) for event in events] == [
        ("failed", {"success": False})
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"raw": "0"}, {"raw": 0, "scaled": 0}),
        ({"raw": "72.5"}, {"raw": 72.5, "scaled": 0.725}),
        ({"raw": "150"}, {"raw": 150}),
        ({"raw": "-20"}, {"raw": -20, "scaled": -0.2}),
        ({"raw": "8", "min": "0", "max": "10"}, {"raw": 8, "scaled": 0.08, "min": 0, "max": 10}),
        ({"raw": "80", "min": "90", "max": "100"}, {"raw": 80, "scaled": 0.8}),
        ({"raw": "80", "min": "100", "max": "0"}, {"raw": 80, "scaled": 0.8}),
        ({"raw": "80", "min": "", "max": "100"}, {"raw": 80, "scaled": 0.8}),
    ],
)
def test_scores_keep_to_what_xapi_allows(data: dict[str, str], told: dict[str, float]) -> None:
    full = {f"cmi.core.score.{name}": value for name, value in data.items()}

    [event] = statements.changes(NOTHING, (full, Result()))

    assert event.result == {"score": told}


def test_each_new_or_changed_answer_is_told() -> None:
    old = {"cmi.interactions.0.id": "q0", "cmi.interactions.0.student_response": "a"}
    new = {
        **old,
        "cmi.interactions.1.id": "q 1/х",
        "cmi.interactions.1.type": "choice",
        "cmi.interactions.1.student_response": "a,b",
        "cmi.interactions.1.correct_responses.0.pattern": "a,c",
        "cmi.interactions.1.result": "wrong",
        "cmi.interactions.1.latency": "00:00:12.50",
        "cmi.interactions.2.id": "not answered yet",
    }

    [found] = statements.written(SCENE, MOMENT, statements.changes((old, Result()), (new, Result())))

    assert found["object"] == {
        "objectType": "Activity",
        "id": f"{BASE}/sco/s/interactions/q%201%2F%D1%85",
        "definition": {
            "type": f"{TYPES}/cmi.interaction",
            "name": {"und": "q 1/х"},
            "interactionType": "choice",
            "correctResponsesPattern": ["a[,]c"],
        },
    }
    assert found["result"] == {"response": "a[,]b", "success": False, "duration": "PT12.50S"}
    assert [one["id"] for one in found["context"]["contextActivities"]["parent"]] == [f"{BASE}/sco/s"]


@pytest.mark.parametrize(
    ("result", "suspended", "verb", "told"),
    [
        (Result(), True, "suspended", {"duration": "PT5S"}),
        (
            Result("completed", "passed", 90),
            False,
            "terminated",
            {
                "duration": "PT5S",
                "success": True,
                "completion": True,
                "score": {"raw": 90, "scaled": 0.9},
            },
        ),
        (Result("incomplete"), True, "suspended", {"duration": "PT5S", "completion": False}),
        (Result("unknown", "failed"), False, "terminated", {"duration": "PT5S", "success": False}),
    ],
)
def test_the_end_of_a_session(result: Result, suspended: bool, verb: str, told: dict[str, object]) -> None:
    events = statements.closing(result=result, suspended=suspended, duration_ms=5_000)

    assert [(event.verb.rpartition("/")[2], event.result) for event in events] == [(verb, told)]


@given(st.integers(min_value=0, max_value=10**12))
def test_durations_are_iso_8601_to_hundredths(length: int) -> None:
    text = statements.duration(length)

    assert formats.is_duration(text)
    assert formats.truncated_duration(text) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "PT0S"),
        (9, "PT0S"),
        (10, "PT0.01S"),
        (60_000, "PT1M"),
        (3_600_000, "PT1H"),
        (3_723_040, "PT1H2M3.04S"),
        (360_000_000, "PT100H"),
    ],
)
def test_durations(length: int, text: str) -> None:
    assert statements.duration(length) == text


_ELEMENTS = st.sampled_from([element.replace(".n.", ".0.") for element in cmi.WRITABLE])
_VALUES = st.text(max_size=20) | st.sampled_from(
    [*cmi.STATUSES, *cmi.INTERACTION_TYPES, *cmi.RESULTS, "00:00:05.50", "85", "-3.25", "150", "{a,b}", "1.a"]
)


@given(st.dictionaries(_ELEMENTS, _VALUES, max_size=30), st.dictionaries(_ELEMENTS, _VALUES, max_size=30))
def test_whatever_content_writes_its_statements_are_valid(
    first: dict[str, str], then: dict[str, str]
) -> None:
    old = cmi.clean(first)[0]
    new = {**old, **cmi.clean(then)[0]}
    status = results.status_after(new, mastery=Decimal(80), end="finish")
    result = results.best(Result(), results.result_of(status, new))

    events = [
        *statements.changes((old, Result()), (new, result)),
        *statements.closing(result=result, suspended=False, duration_ms=5),
    ]
    found = statements.written(SCENE, MOMENT, events)

    assert [validation.validate(one, edition=Edition.FIRST) for one in found] == found
    assert len({one["id"] for one in found}) == len(found)
    json.dumps(found, ensure_ascii=False).encode()


def test_statements_of_a_commit_are_valid_and_in_order() -> None:
    data = {
        "cmi.core.score.raw": "85",
        "cmi.interactions.0.id": "q",
        "cmi.interactions.0.type": "fill-in",
        "cmi.interactions.0.result": "0.5",
    }
    events = [
        *statements.opening(resumed=True),
        *statements.changes(NOTHING, (data, Result("completed", "passed", 85))),
        *statements.closing(result=Result("completed", "passed", 85), suspended=False, duration_ms=12_345),
    ]

    found = statements.written(SCENE, MOMENT, events)

    assert [validation.validate(one, edition=Edition.FIRST) for one in found] == found
    assert _verbs(events) == ["resumed", "responded", "scored", "completed", "passed", "terminated"]
    times = [one["timestamp"] for one in found]
    assert times == sorted(set(times))
