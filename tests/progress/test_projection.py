"""One statement after the other, folded into the state of a leaf."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy import clock
from academy.progress import projection
from academy.progress.projection import COMPLETION_RANK, SUCCESS_RANK, Event, LeafState, fold
from academy.xapi.signals import StoredStatement

REGISTRATION, LEAF = uuid4(), uuid4()
NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
OWN = {"account": {"homePage": "http://localhost", "name": "academy"}}
IRI = "http://localhost/xapi/activities/sco/1"


def event(verb: str = "terminated", *, minutes: int = 0, **values: Any) -> Event:
    return Event(
        seq=minutes + 1,
        registration=REGISTRATION,
        leaf=LEAF,
        verb=verb,
        timestamp=NOON + timedelta(minutes=minutes),
        **values,
    )


def folded(*events: Event) -> LeafState:
    state = LeafState()
    for one in events:
        state = fold(state, one)
    return state


def stored(word: str, **overrides: Any) -> StoredStatement:
    made: dict[str, Any] = {
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{word}"},
        "object": {"id": IRI},
        "context": {"registration": str(REGISTRATION)},
        "timestamp": "2026-03-12T12:00:00Z",
        "authority": OWN,
    }
    seq = clock.microseconds(NOON + timedelta(hours=1))
    return StoredStatement(seq, uuid4(), {k: v for k, v in (made | overrides).items() if v is not None})


def read(one: StoredStatement) -> Event | None:
    return projection.read(one, leaf_of={IRI: LEAF}.get, own=lambda authority: authority == OWN)


def test_read_terminated_takes_result_and_duration() -> None:
    result = {
        "completion": True,
        "success": False,
        "score": {"scaled": 0.55, "raw": 55},
        "duration": "PT1H2M3.5S",
    }

    found = read(one := stored("terminated", result=result))

    assert found == Event(
        seq=one.seq,
        registration=REGISTRATION,
        leaf=LEAF,
        verb="terminated",
        timestamp=NOON,
        completion=True,
        success=False,
        score_scaled=0.55,
        score_raw=55.0,
        duration_ms=3_723_500,
    )


@pytest.mark.parametrize(
    ("verb", "result", "outcome"),
    [
        ("completed", {}, (True, None)),
        ("passed", {}, (True, True)),
        ("passed", {"completion": False}, (False, True)),
        ("failed", {}, (None, False)),
        ("terminated", {"success": True}, (True, True)),
        ("terminated", {"completion": False}, (False, None)),
        ("initialized", {}, (None, None)),
    ],
)
def test_read_outcome_of_verb_and_result(verb: str, result: dict[str, Any], outcome: tuple[Any, Any]) -> None:
    found = read(stored(verb, result=result))

    assert found is not None
    assert (found.completion, found.success) == outcome


@pytest.mark.parametrize(
    "foreign",
    [
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/responded"}},
        {"object": {"id": f"{IRI}/interactions/q1"}},
        {"object": {"objectType": "Agent", "mbox": "mailto:a@example.org"}},
        {"context": None},
        {"authority": {"account": {"homePage": "http://localhost", "name": "somebody"}}},
        {"authority": None},
    ],
)
def test_read_of_what_does_not_count_is_none(foreign: dict[str, Any]) -> None:
    assert read(stored("completed")) is not None
    assert read(stored("completed", **foreign)) is None


def test_read_timestamp_after_storing_counts_as_stored() -> None:
    found = read(one := stored("initialized", timestamp="2031-01-01T00:00:00Z"))

    assert found is not None
    assert clock.microseconds(found.timestamp) == one.seq


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT0S", 0),
        ("PT1M30.25S", 90_250),
        ("P1DT1H", 90_000_000),
        ("P2W", 1_209_600_000),
        ("nonsense", 0),
        ("P100Y", 3_153_600_000_000),
        ("P100YT1S", 0),
        (f"PT{'9' * 400}S", 0),
    ],
)
def test_milliseconds_of_duration(text: str, expected: int) -> None:
    assert projection.milliseconds(text) == expected


def test_fold_of_a_whole_session() -> None:
    state = folded(
        event("initialized"),
        event("completed", minutes=5, completion=True),
        event(
            "terminated",
            minutes=9,
            completion=True,
            success=True,
            score_scaled=0.8,
            score_raw=80.0,
            duration_ms=540_000,
        ),
    )

    assert state == LeafState(
        completion="completed",
        success="passed",
        score_scaled=0.8,
        score_raw=80.0,
        time_ms=540_000,
        sessions=1,
        started=NOON,
        last=NOON + timedelta(minutes=9),
        completed=NOON + timedelta(minutes=5),
    )


def test_fold_running_score_is_replaced_until_finished() -> None:
    counting_down = [event("suspended", minutes=n, score_scaled=1 - n / 10) for n in range(4)]

    unfinished = folded(*counting_down)
    finished = fold(unfinished, event(minutes=5, success=False, score_scaled=0.3))

    assert (unfinished.score_scaled, finished.score_scaled) == (0.7, 0.3)


def test_fold_running_score_after_the_end_changes_nothing() -> None:
    finished = folded(event(completion=True, score_scaled=0.4))

    again = fold(finished, event("suspended", minutes=3, score_scaled=0.9))

    assert again.score_scaled == 0.4


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_fold_best_score_is_that_of_the_pass(order: tuple[int, ...]) -> None:
    results = [
        event(success=False, score_scaled=0.95),  # failed although high: a rule of the package
        event(success=True, score_scaled=0.7),
        event(success=True, score_scaled=0.8),
    ]

    state = folded(*(results[place] for place in order))

    assert (state.success, state.score_scaled) == ("passed", 0.8)


scores = st.none() | st.integers(-100, 100).map(lambda number: number / 100)
any_event = st.builds(
    lambda verb, minutes, completion, success, scaled, ms: event(
        verb, minutes=minutes, completion=completion, success=success, score_scaled=scaled, duration_ms=ms
    ),
    st.sampled_from(sorted(projection.VERBS.values())),
    st.integers(0, 10_000),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
    scores,
    st.integers(0, 10**8),
)


@given(st.lists(any_event, max_size=20), any_event)
def test_fold_never_regresses(events: list[Event], later: Event) -> None:
    before = folded(*events)
    after = fold(before, later)

    assert COMPLETION_RANK[after.completion] >= COMPLETION_RANK[before.completion]
    assert SUCCESS_RANK[after.success] >= SUCCESS_RANK[before.success]
    assert after.time_ms >= before.time_ms
    assert before.completed is None or (after.completed or NOON) <= before.completed
    if before.finished and before.success == after.success and before.score_scaled is not None:
        assert after.score_scaled is not None
        assert after.score_scaled >= before.score_scaled


@given(st.permutations([event(minutes=n, completion=n % 2 == 0, duration_ms=n * 7) for n in range(6)]))
def test_fold_order_matters_not_for_status_time_and_moments(events: list[Event]) -> None:
    assert folded(*events) == folded(*sorted(events, key=lambda one: one.seq))


def test_fold_leaves_the_given_state_alone() -> None:
    state = LeafState()

    fold(state, event(completion=True))

    assert state == replace(LeafState())
