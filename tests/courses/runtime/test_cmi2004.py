"""The SCORM 2004 data model on the server: values, durations, and what content finds at launch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.runtime import cmi, cmi2004
from academy.courses.runtime.cmi2004 import Conditions, at_launch
from academy.courses.runtime.cmi2004_types import (
    duration,
    is_duration,
    is_identifier,
    is_language,
    is_localized,
    is_real,
    is_timestamp,
    milliseconds,
)


@given(st.integers(0, 10**12))
def test_a_length_is_written_as_a_duration_and_read_again(length):
    assert is_duration(duration(length))
    assert milliseconds(duration(length)) == length // 10 * 10


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT0S", 0),
        ("PT1H30M5S", 5_405_000),
        ("PT0.05S", 50),
        ("P1DT1S", 86_401_000),
        ("P1M", 30 * 86_400_000),
        ("P1Y", 365 * 86_400_000),
    ],
)
def test_durations_are_read(text, length):
    assert milliseconds(text) == length


@pytest.mark.parametrize("text", ["", "P", "PT", "1H", "PT1.005S", "PT1H1", "P1W", "pt1s", "PT-1S", "PT١S"])
def test_what_is_no_duration(text):
    assert not is_duration(text)
    with pytest.raises(ValueError, match="not a duration"):
        milliseconds(text)


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_real, ("0", "-1.5", ".5", "1.", "+3"), ("", ".", "1,5", "1e5", "NaN", "٣")),
        (is_timestamp, ("2004", "2004-12-31", "2004-04-01T09:45:58.5+02:30"), ("1969", "2004-13", "today")),
        (is_language, ("", "en", "ru-Cyrl"), ("e_n", "en-", "английский")),
        (is_localized, ("text", "{lang=ru}текст"), ("{lang=}text", "{lang=e_n}text")),
        (is_identifier, ("a", "urn:x-1:b", "цель"), ("", "a b", "urn:", "urn:a", "x" * 4001)),
    ],
)
def test_types(check, right, wrong):
    assert [check(text) for text in (*right, *wrong)] == [True] * len(right) + [False] * len(wrong)


def test_a_new_attempt_finds_facts_objectives_and_shared_data():
    conditions = Conditions(
        learner_id="p-1",
        learner_name="Learner",
        scaled_passing_score="0.8",
        objectives=(("first", {"success_status": "failed"}), ("second", {})),
        buckets=(("notes", ""),),
    )

    assert at_launch({}, conditions, is_new=True, total_time_ms=0) == {
        "cmi.learner_id": "p-1",
        "cmi.learner_name": "Learner",
        "cmi.credit": "credit",
        "cmi.mode": "normal",
        "cmi.entry": "ab-initio",
        "cmi.total_time": "PT0H0M0S",
        "cmi.scaled_passing_score": "0.8",
        "cmi.time_limit_action": "continue,no message",
        "cmi.objectives.0.id": "first",
        "cmi.objectives.0.success_status": "failed",
        "cmi.objectives.1.id": "second",
        "adl.data.0.id": "notes",
        "adl.data.0.store": "",
    }


def test_who_comes_back_finds_what_was_left_and_what_others_have_changed():
    left = {
        "cmi.exit": "suspend",
        "cmi.session_time": "PT1H",
        "cmi.suspend_data": "page 3",
        "cmi.objectives.0.id": "own",
        "cmi.objectives.0.score.raw": "5",
        "cmi.objectives.1.id": "shared",
        "cmi.objectives.1.success_status": "failed",
    }
    conditions = Conditions("p-1", "Learner", objectives=(("shared", {"success_status": "passed"}),))

    found = at_launch(left, conditions, is_new=False, total_time_ms=3_600_000)

    assert (found["cmi.entry"], found["cmi.total_time"]) == ("resume", "PT1H0M0S")
    assert found["cmi.suspend_data"] == "page 3"
    assert cmi2004.rows_of(found, "cmi.objectives.") == [
        {"id": "shared", "success_status": "passed"},
        {"id": "own", "score.raw": "5"},
    ]
    assert not {"cmi.exit", "cmi.session_time"} & found.keys()


def test_what_content_may_not_write_does_not_count():
    accepted, ignored = cmi.clean(
        {
            "cmi.success_status": "passed",
            "cmi.learner_id": "somebody else",
            "cmi.score.scaled": "1.5",
            "cmi.objectives.n.id": "x",
            "cmi.objectives.99999.id": "x",
            "cmi.suspend_data": "x" * (cmi.LONGEST + 1),
            "cmi.location": 3,
        },
        writable=cmi2004.WRITABLE,
    )

    assert accepted == {"cmi.success_status": "passed"}
    assert len(ignored) == 6
