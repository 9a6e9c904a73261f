"""What a SCO's data amounts to, and that it never gets worse."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.runtime import results
from academy.courses.runtime.results import Result

EIGHTY = Decimal(80)


def _data(status: str = "", raw: str = "", exit_: str = "") -> dict[str, str]:
    data = {"cmi.core.lesson_status": status, "cmi.core.score.raw": raw, "cmi.core.exit": exit_}
    return {element: value for element, value in data.items() if value}


@pytest.mark.parametrize(
    ("status", "raw", "end", "after"),
    [
        ("passed", "50", "finish", "failed"),
        ("failed", "80", "finish", "passed"),
        ("incomplete", "80", "finish", "passed"),
        ("incomplete", "79.99", "finish", "failed"),
        ("", "0", "finish", "failed"),
        ("completed", "79", "", "failed"),
        ("incomplete", "79", "", "incomplete"),
        ("incomplete", "95", "", "incomplete"),
        ("completed", "", "finish", "completed"),
    ],
)
def test_mastery_decides_over_what_content_says(status: str, raw: str, end: str, after: str) -> None:
    assert results.status_after(_data(status, raw), mastery=EIGHTY, end=end) == after


@pytest.mark.parametrize(("end", "exit_"), [("leave", ""), ("finish", "suspend"), ("leave", "suspend")])
def test_content_left_in_the_middle_does_not_fail_by_mastery(end: str, exit_: str) -> None:
    assert results.status_after(_data("incomplete", "20", exit_), mastery=EIGHTY, end=end) == "incomplete"
    assert results.status_after(_data("incomplete", "85", exit_), mastery=EIGHTY, end=end) == "passed"


@pytest.mark.parametrize(
    ("status", "end", "after"),
    [
        ("", "finish", "completed"),
        ("not attempted", "finish", "completed"),
        ("", "leave", ""),
        ("", "", ""),
        ("incomplete", "finish", "incomplete"),
        ("failed", "finish", "failed"),
        ("browsed", "finish", "browsed"),
    ],
)
def test_without_mastery_content_has_the_word_and_silence_completes(
    status: str, end: str, after: str
) -> None:
    assert results.status_after(_data(status, "10"), mastery=None, end=end) == after


@pytest.mark.parametrize(
    ("status", "completion", "success"),
    [
        ("passed", "completed", "passed"),
        ("completed", "completed", "unknown"),
        ("failed", "unknown", "failed"),
        ("incomplete", "incomplete", "unknown"),
        ("browsed", "unknown", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_one_word_becomes_two_fields(status: str, completion: str, success: str) -> None:
    assert results.result_of(status, {"cmi.core.score.raw": "7.5"}) == Result(completion, success, 7.5)


def test_status_of_a_result_is_the_word_of_scorm() -> None:
    assert [
        Result("completed", "passed").status,
        Result("completed", "failed").status,
        Result("completed").status,
        Result("incomplete").status,
        Result().status,
    ] == ["passed", "failed", "completed", "incomplete", "not attempted"]


_RESULTS = st.builds(
    Result,
    completion=st.sampled_from(["unknown", "incomplete", "completed"]),
    success=st.sampled_from(["unknown", "failed", "passed"]),
    score=st.none() | st.floats(0, 100),
)


@given(_RESULTS, _RESULTS)
def test_the_best_of_two_results_is_no_worse_than_either_whatever_the_order(one: Result, two: Result) -> None:
    found = results.best(one, two)

    assert found == results.best(two, one)
    assert results.best(found, one) == found
    assert results.best(found, two) == found


def test_a_pass_is_not_undone() -> None:
    official = Result("completed", "passed", 90)

    assert results.best(official, Result("incomplete", "failed", 10)) == official


@pytest.mark.parametrize(
    ("status", "exit_", "open_"),
    [
        ("incomplete", "", True),
        ("", "", True),
        ("browsed", "logout", True),
        ("passed", "suspend", True),
        ("passed", "", False),
        ("failed", "", False),
        ("completed", "time-out", False),
    ],
)
def test_an_attempt_goes_on_while_suspended_or_unfinished(status: str, exit_: str, open_: bool) -> None:
    assert results.stays_open(status, _data(status, exit_=exit_)) is open_
