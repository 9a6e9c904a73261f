"""Answers of SCORM 1.2 in the forms of xAPI."""

from decimal import Decimal

import pytest

from academy.courses.runtime import interactions
from academy.courses.runtime.interactions import Answer


@pytest.mark.parametrize(
    ("kind", "written", "told"),
    [
        ("true-false", "t", "true"),
        ("true-false", "0", "false"),
        ("true-false", "True", "true"),
        ("true-false", "maybe", "maybe"),
        ("choice", "a,b", "a[,]b"),
        ("choice", "{a,b}", "a[,]b"),
        ("choice", "a", "a"),
        ("choice", "a[,]b", "a[,]b"),
        ("sequencing", "c,a,b", "c[,]a[,]b"),
        ("matching", "1.a,2.b", "1[.]a[,]2[.]b"),
        ("matching", "{1.a}", "1[.]a"),
        ("matching", "1[.]a[,]2[.]b", "1[.]a[,]2[.]b"),
        ("numeric", "3:5", "3[:]5"),
        ("numeric", "4", "4"),
        ("fill-in", "a, b", "a, b"),
        ("likert", "3", "3"),
        ("performance", "x", "x"),
        ("choice", "", ""),
    ],
)
def test_patterns_are_translated_by_type(kind: str, written: str, told: str) -> None:
    data = {
        "cmi.interactions.4.id": "q",
        "cmi.interactions.4.type": kind,
        "cmi.interactions.4.student_response": written,
        "cmi.interactions.4.correct_responses.0.pattern": written,
        "cmi.interactions.5.student_response": "noise",
    }

    found = interactions.answer_at(data, 4)

    assert found == Answer("q", kind, told, (told,) if told else (), "", None)


def test_an_answer_with_everything() -> None:
    data = {
        "cmi.interactions.0.id": "q-1",
        "cmi.interactions.0.type": "choice",
        "cmi.interactions.0.student_response": "b",
        "cmi.interactions.0.correct_responses.0.pattern": "a",
        "cmi.interactions.0.correct_responses.1.pattern": "b",
        "cmi.interactions.0.result": "correct",
        "cmi.interactions.0.latency": "00:00:12.50",
    }

    found = interactions.answer_at(data, 0)

    assert found == Answer("q-1", "choice", "b", ("a", "b"), "correct", 12_500)
    assert (found.success, found.points) == (True, None)


@pytest.mark.parametrize(
    ("result", "success", "points"),
    [
        ("correct", True, None),
        ("wrong", False, None),
        ("incorrect", False, None),
        ("neutral", None, None),
        ("unanticipated", None, None),
        ("0.5", None, Decimal("0.5")),
        ("", None, None),
    ],
)
def test_judgements(result: str, success: bool | None, points: Decimal | None) -> None:
    found = interactions.answer_at({"cmi.interactions.0.result": result}, 0)

    assert (found.type, found.success, found.points) == ("other", success, points)
