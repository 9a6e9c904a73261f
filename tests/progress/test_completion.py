"""The rule that makes a course of its leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.progress import completion
from academy.progress.completion import CourseState, Leaf, Rule, Standing
from academy.progress.projection import Event, LeafState

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()
REGISTRATION = uuid4()


def rule(*leaves: Leaf, number: int = 1, in_force: int = 0) -> Rule:
    return Rule(number, in_force, leaves)


def event(leaf: UUID, seq: int, **values: Any) -> Event:
    return Event(seq, REGISTRATION, leaf, "terminated", NOON + timedelta(minutes=seq), **values)


def test_rule_of_reads_a_row() -> None:
    made = Rule.of(3, 77, [{"activity": str(FIRST), "must_pass": True}, {"activity": str(SECOND)}])

    assert made == Rule(3, 77, (Leaf(FIRST, must_pass=True), Leaf(SECOND)))


def test_in_force_is_the_newest_of_the_moment_and_before_all_the_first() -> None:
    rules = [rule(number=1, in_force=100), rule(number=2, in_force=200)]

    found = [completion.in_force(rules, seq).number for seq in (50, 100, 199, 200, 300)]

    assert found == [1, 1, 1, 2, 2]
    assert completion.in_force([], 5) == Rule(0, 0, ())


@pytest.mark.parametrize(
    ("state", "must_pass", "expected"),
    [
        (LeafState(completion="completed"), False, True),
        (LeafState(completion="completed"), True, False),
        (LeafState(completion="completed", success="failed"), False, True),
        (LeafState(completion="completed", success="failed"), True, False),
        (LeafState(completion="incomplete", success="passed"), True, True),
        (LeafState(completion="incomplete"), False, False),
    ],
)
def test_is_done(state: LeafState, must_pass: bool, expected: bool) -> None:
    assert completion.is_done(Leaf(FIRST, must_pass), state) is expected


def test_advance_completes_with_the_event_that_does_the_last_leaf() -> None:
    rules = [rule(Leaf(FIRST), Leaf(SECOND, must_pass=True))]
    events = [
        event(FIRST, 1, completion=True, duration_ms=1000),
        event(SECOND, 2, completion=True, success=False, score_scaled=0.5, duration_ms=2000),
        event(SECOND, 3, completion=True, success=True, score_scaled=0.75, duration_ms=3000),
        event(FIRST, 4, completion=True, score_scaled=0.25, duration_ms=4000),
    ]

    standing = completion.advance(Standing(), events, rules)

    assert standing.course == CourseState(
        release=1,
        completion="completed",
        success="passed",
        score_scaled=0.5,
        done=2,
        leaves=2,
        time_ms=10_000,
        started=NOON + timedelta(minutes=1),
        last=NOON + timedelta(minutes=4),
        completed=NOON + timedelta(minutes=3),
    )


def test_advance_failed_test_leaves_the_course_incomplete_and_failed() -> None:
    standing = completion.advance(
        Standing(), [event(FIRST, 1, completion=True, success=False)], [rule(Leaf(FIRST, must_pass=True))]
    )

    assert (standing.course.completion, standing.course.success) == ("incomplete", "failed")


def test_advance_completed_stays_when_a_new_release_asks_for_more() -> None:
    old, new = rule(Leaf(FIRST)), rule(Leaf(FIRST), Leaf(SECOND), number=2, in_force=10)

    standing = completion.advance(
        Standing(), [event(FIRST, 1, completion=True), event(SECOND, 11)], [old, new]
    )

    assert standing.course.completion == "completed"
    assert standing.course.completed == NOON + timedelta(minutes=1)
    assert (standing.course.release, standing.course.done, standing.course.leaves) == (2, 1, 2)


def test_advance_without_a_release_never_completes() -> None:
    standing = completion.advance(Standing(), [event(FIRST, 1, completion=True)], [])

    assert standing.course.completion == "incomplete"


@pytest.mark.parametrize(
    ("leaves", "states", "expected"),
    [
        ([Leaf(FIRST)], {FIRST: "unknown"}, "unknown"),
        ([Leaf(FIRST), Leaf(SECOND)], {FIRST: "unknown", SECOND: "passed"}, "passed"),
        ([Leaf(FIRST, True), Leaf(SECOND, True)], {FIRST: "passed", SECOND: "unknown"}, "unknown"),
        ([Leaf(FIRST, True), Leaf(SECOND, True)], {FIRST: "failed", SECOND: "passed"}, "failed"),
        ([Leaf(FIRST, True), Leaf(SECOND)], {FIRST: "passed", SECOND: "failed"}, "passed"),
        ([], {FIRST: "passed"}, "unknown"),
    ],
)
def test_evaluate_success(leaves: list[Leaf], states: dict[UUID, str], expected: str) -> None:
    held = {leaf: LeafState(completion="completed", success=success) for leaf, success in states.items()}

    course = completion.evaluate(CourseState(), held, rule(*leaves))

    assert course.success == expected


def test_evaluate_success_by_report_waits_for_all_leaves() -> None:
    held = {FIRST: LeafState(completion="completed", success="passed")}

    course = completion.evaluate(CourseState(), held, rule(Leaf(FIRST), Leaf(SECOND)))

    assert course.success == "unknown"


outcomes = st.tuples(
    st.sampled_from([FIRST, SECOND, THIRD]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
    st.none() | st.integers(0, 100).map(lambda number: number / 100),
)


@given(st.lists(outcomes, max_size=25), st.data())
def test_advance_is_the_same_however_events_are_cut(outcomes: list[Any], data: st.DataObject) -> None:
    events = [
        event(leaf, seq, completion=done, success=success, score_scaled=scaled, duration_ms=seq)
        for seq, (leaf, done, success, scaled) in enumerate(outcomes, 1)
    ]
    rules = [
        rule(Leaf(FIRST), Leaf(SECOND, True)),
        rule(Leaf(SECOND), number=2, in_force=8),
        rule(Leaf(SECOND), Leaf(THIRD, True), number=3, in_force=16),
    ]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))

    whole = completion.advance(Standing(), events, rules)
    piecewise = Standing()
    for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        piecewise = completion.advance(piecewise, events[start:end], rules)

    assert piecewise == whole


@given(st.lists(outcomes, max_size=15), outcomes)
def test_advance_never_takes_completion_back(before: list[Any], later: Any) -> None:
    rules = [rule(Leaf(FIRST)), rule(Leaf(FIRST), Leaf(SECOND, True), number=2, in_force=5)]
    events = [event(o[0], seq, completion=o[1], success=o[2]) for seq, o in enumerate([*before, later], 1)]

    earlier = completion.advance(Standing(), events[:-1], rules)
    standing = completion.advance(earlier, events[-1:], rules)

    assert earlier.course.completed in {None, standing.course.completed}
