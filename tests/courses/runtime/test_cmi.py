"""The data model: what content may write, times, and what it finds at launch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.runtime import cmi
from academy.courses.runtime.cmi import Conditions

CONDITIONS = Conditions(
    student_id="pseudonym", student_name="Russu, Elena", launch_data="hello", mastery_score="80"
)


@given(st.integers(min_value=0, max_value=9999 * 3_600_000))
def test_timespan_of_milliseconds_reads_back_to_hundredths(length: int) -> None:
    assert cmi.milliseconds(cmi.timespan(length)) == length // 10 * 10


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0000:00:00.00", 0),
        ("00:00:05", 5_000),
        ("00:00:05.5", 5_500),
        ("0001:02:03.04", 3_723_040),
        ("9999:59:59.99", 35_999_999_990),
        ("00:99:99", 99 * 60_000 + 99_000),
    ],
)
def test_milliseconds_of_timespans(text: str, length: int) -> None:
    assert cmi.milliseconds(text) == length


@pytest.mark.parametrize("text", ["", "5", "0:00:05", "00:00:05.123", "PT5S", "00000:00:00", "٠٠:00:00"])
def test_milliseconds_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a timespan"):
        cmi.milliseconds(text)


def test_timespan_beyond_its_range_is_the_longest() -> None:
    assert cmi.timespan(10**12) == "9999:59:59.99"


def test_clean_keeps_what_content_may_write() -> None:
    written = {
        "cmi.core.lesson_location": "page-3",
        "cmi.core.lesson_status": "failed",
        "cmi.core.score.raw": "72.5",
        "cmi.core.score.min": "",
        "cmi.core.exit": "suspend",
        "cmi.core.session_time": "00:10:00.5",
        "cmi.suspend_data": "x" * cmi.LONGEST,
        "cmi.objectives.12.status": "not attempted",
        "cmi.interactions.0.correct_responses.3.pattern": "a",
        "cmi.interactions.0.objectives.1.id": "o",
        "cmi.interactions.0.result": "0.5",
        "cmi.interactions.0.time": "23:59:59.9",
        "cmi.student_preference.audio": "-1",
    }

    assert cmi.clean(written) == (written, [])


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("cmi.core.student_id", "somebody"),
        ("cmi.core.total_time", "0100:00:00.00"),
        ("cmi.core.entry", "resume"),
        ("cmi.core.credit", "no-credit"),
        ("cmi.student_data.mastery_score", "0"),
        ("cmi.core.lesson_status", "not attempted"),
        ("cmi.core.lesson_status", "winner"),
        ("cmi.core.score.raw", "ten"),
        ("cmi.core.exit", "normal"),
        ("cmi.core.session_time", "PT5S"),
        ("cmi.suspend_data", "x" * (cmi.LONGEST + 1)),
        ("cmi.suspend_data", 5),
        ("cmi.suspend_data", None),
        ("cmi.interactions.n.id", "q"),
        ("cmi.interactions.10000.id", "q"),
        ("cmi.interactions.0.type", "essay"),
        ("cmi.objectives.0.unknown", "x"),
        ("__proto__", "x"),
    ],
)
def test_clean_leaves_out_what_does_not_count(element: str, value: object) -> None:
    written = {element: value, "cmi.core.lesson_location": "noise"}

    assert cmi.clean(written) == ({"cmi.core.lesson_location": "noise"}, [element])


@pytest.mark.parametrize(
    ("data", "is_new", "entry"),
    [
        ({}, True, "ab-initio"),
        ({"cmi.core.exit": "suspend", "cmi.core.lesson_status": "passed"}, False, "resume"),
        ({"cmi.core.exit": "time-out"}, False, ""),
        ({"cmi.core.exit": "logout", "cmi.suspend_data": "x"}, False, "resume"),
        ({"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "3"}, False, "resume"),
        ({"cmi.core.lesson_status": "incomplete"}, False, ""),
        ({"cmi.core.lesson_status": "completed", "cmi.suspend_data": "x"}, False, ""),
    ],
)
def test_entry_follows_the_last_exit(data: dict[str, str], is_new: bool, entry: str) -> None:
    assert cmi.entry(data, is_new=is_new) == entry


def test_at_launch_gives_content_what_it_left_and_nothing_of_the_session_before() -> None:
    data = {
        "cmi.core.lesson_status": "incomplete",
        "cmi.core.lesson_location": "page-3",
        "cmi.core.exit": "suspend",
        "cmi.core.session_time": "00:00:05",
    }

    assert cmi.at_launch(data, CONDITIONS, is_new=False, total_time_ms=3_723_040) == {
        "cmi.core.lesson_status": "incomplete",
        "cmi.core.lesson_location": "page-3",
        "cmi.core.student_id": "pseudonym",
        "cmi.core.student_name": "Russu, Elena",
        "cmi.core.credit": "credit",
        "cmi.core.lesson_mode": "normal",
        "cmi.core.entry": "resume",
        "cmi.core.total_time": "0001:02:03.04",
        "cmi.launch_data": "hello",
        "cmi.student_data.mastery_score": "80",
        "cmi.student_data.max_time_allowed": "",
        "cmi.student_data.time_limit_action": "",
    }


def test_at_launch_of_something_new_is_not_attempted() -> None:
    found = cmi.at_launch({}, CONDITIONS, is_new=True, total_time_ms=0)

    assert (found["cmi.core.lesson_status"], found["cmi.core.entry"]) == ("not attempted", "ab-initio")


def test_rows_are_gathered_by_place() -> None:
    data = {
        "cmi.interactions.10.id": "q10",
        "cmi.interactions.2.id": "q2",
        "cmi.interactions.2.correct_responses.0.pattern": "a",
        "cmi.objectives.0.id": "noise",
    }

    assert list(cmi.rows(data, "interactions").items()) == [
        (2, {"id": "q2", "correct_responses.0.pattern": "a"}),
        (10, {"id": "q10"}),
    ]
