"""The state of a course from the states of its leaves, by the completion rule in force; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from academy.progress.projection import (
    COMPLETED,
    FAILED,
    INCOMPLETE,
    NOT_ATTEMPTED,
    PASSED,
    UNKNOWN,
    Event,
    LeafState,
    fold,
)

NOTHING_YET = LeafState()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that a course asks for."""

    activity: UUID
    must_pass: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A release of a course: what it asks for, from a moment on (microseconds since 1970)."""

    number: int
    in_force: int
    leaves: tuple[Leaf, ...]

    @classmethod
    def of(cls, number: int, in_force: int, leaves: Sequence[Mapping[str, Any]]) -> "Rule":
        """Read a release as its row holds it."""
        asked = (Leaf(UUID(str(leaf["activity"])), bool(leaf.get("must_pass"))) for leaf in leaves)
        return cls(number, in_force, tuple(asked))


@dataclass(frozen=True, slots=True)
class CourseState:
    """How far one person is with one course; `release` is the number of the rule that last applied."""

    release: int = 0
    completion: str = NOT_ATTEMPTED
    success: str = UNKNOWN
    score_scaled: float | None = None
    done: int = 0
    leaves: int = 0
    time_ms: int = 0
    started: datetime | None = None
    last: datetime | None = None
    completed: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """All states of one registration."""

    course: CourseState = CourseState()
    leaves: Mapping[UUID, LeafState] = field(default_factory=dict)


NO_RULE = Rule(0, 0, ())


def in_force(rules: Sequence[Rule], seq: int) -> Rule:
    """Return the rule of a moment: the newest in force, before the first one the first; `rules` in order."""
    return next((rule for rule in reversed(rules) if rule.in_force <= seq), rules[0] if rules else NO_RULE)


def is_done(leaf: Leaf, state: LeafState) -> bool:
    """Say whether a leaf is what the course asks of it: passed, or completed where no pass is asked for."""
    return state.success == PASSED or (state.completion == COMPLETED and not leaf.must_pass)


def advance(standing: Standing, events: Sequence[Event], rules: Sequence[Rule]) -> Standing:
    """Return the standing after events in order of `seq`.

    The course completes with the first event after which every leaf is done, under the rule in force at that
    event, and stays completed. However the events are cut into calls, the result is the same.
    """
    if not events:
        return standing
    leaves = dict(standing.leaves)
    course, judged = standing.course, standing.course.release
    for event in events:
        rule = in_force(rules, event.seq)
        before = leaves.get(event.leaf, NOTHING_YET)
        leaves[event.leaf] = after = fold(before, event)
        changed = (before.completion, before.success) != (after.completion, after.success)
        if course.completed is None and (changed or rule.number != judged) and _all_done(rule, leaves):
            course = replace(course, completed=event.timestamp)
        judged = rule.number
    return Standing(evaluate(course, leaves, in_force(rules, events[-1].seq)), leaves)


def evaluate(course: CourseState, leaves: Mapping[UUID, LeafState], rule: Rule) -> CourseState:
    """Return what the leaves come to under a rule; `completed` is taken over as it stands."""
    asked = [(leaf, leaves.get(leaf.activity, NOTHING_YET)) for leaf in rule.leaves]
    scores = [state.score_scaled for _, state in asked if state.score_scaled is not None]
    begun = [state.started for state in leaves.values() if state.started]
    return CourseState(
        release=rule.number,
        completion=COMPLETED if course.completed else INCOMPLETE if begun else NOT_ATTEMPTED,
        success=_success(asked),
        score_scaled=sum(scores) / len(scores) if scores else None,
        done=sum(is_done(leaf, state) for leaf, state in asked),
        leaves=len(asked),
        time_ms=sum(state.time_ms for state in leaves.values()),
        started=min(begun, default=None),
        last=max((state.last for state in leaves.values() if state.last), default=None),
        completed=course.completed,
    )


def _all_done(rule: Rule, leaves: Mapping[UUID, LeafState]) -> bool:
    return bool(rule.leaves) and all(
        leaf.activity in leaves and is_done(leaf, leaves[leaf.activity]) for leaf in rule.leaves
    )


def _success(asked: Sequence[tuple[Leaf, LeafState]]) -> str:
    """Judge by the leaves that must be passed; where there are none, by those that report success at all."""
    judged = [state.success for leaf, state in asked if leaf.must_pass]
    by_report = not judged
    if by_report:
        judged = [state.success for _, state in asked if state.success != UNKNOWN]
    if FAILED in judged:
        return FAILED
    if not judged or UNKNOWN in judged:
        return UNKNOWN
    return PASSED if not by_report or all(is_done(leaf, state) for leaf, state in asked) else UNKNOWN
