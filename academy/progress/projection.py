"""What one statement says about one leaf activity, and how the state of the leaf follows from it; pure.

A finished result never regresses: completion and success only rise, the best finished score stays, and what
an unfinished session reports (a running score) counts only until there is a finished result.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from academy.clock import EPOCH
from academy.xapi import formats, vocabulary
from academy.xapi.signals import StoredStatement

NOT_ATTEMPTED, INCOMPLETE, COMPLETED = "not attempted", "incomplete", "completed"
UNKNOWN, FAILED, PASSED = "unknown", "failed", "passed"

COMPLETION_RANK = {NOT_ATTEMPTED: 0, INCOMPLETE: 1, COMPLETED: 2}
SUCCESS_RANK = {UNKNOWN: 0, FAILED: 1, PASSED: 2}

VERBS = {
    vocabulary.INITIALIZED: "initialized",
    vocabulary.RESUMED: "resumed",
    vocabulary.PASSED: "passed",
    vocabulary.FAILED: "failed",
    vocabulary.COMPLETED: "completed",
    vocabulary.SCORED: "scored",
    vocabulary.SUSPENDED: "suspended",
    vocabulary.TERMINATED: "terminated",
}
BEGINNINGS = frozenset({"initialized", "resumed"})
ENDS = frozenset({"suspended", "terminated"})

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_UNITS = (31_536_000, 2_592_000, 604_800, 86_400, 3600, 60, 1)  # seconds; a year of 365, a month of 30 days
CENTURY = 100 * _UNITS[0]


@dataclass(frozen=True, slots=True)
class Event:
    """A statement as the projection reads it; `seq` orders all statements."""

    seq: int
    registration: UUID
    leaf: UUID
    verb: str
    timestamp: datetime
    completion: bool | None = None
    success: bool | None = None
    score_scaled: float | None = None
    score_raw: float | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class LeafState:
    """How far one person is with one leaf activity."""

    completion: str = NOT_ATTEMPTED
    success: str = UNKNOWN
    score_scaled: float | None = None
    score_raw: float | None = None
    time_ms: int = 0
    sessions: int = 0
    started: datetime | None = None
    last: datetime | None = None
    completed: datetime | None = None

    @property
    def finished(self) -> bool:
        """Say whether there is a result that later sessions may only improve."""
        return self.completion == COMPLETED or self.success != UNKNOWN


@dataclass(frozen=True, slots=True)
class CourseCompletion:
    """The news that a registration has completed its course."""

    registration: UUID
    course_id: int
    person_id: int
    completed: datetime


def read(
    stored: StoredStatement, *, leaf_of: Callable[[str], UUID | None], own: Callable[[Any], bool]
) -> Event | None:
    """Return what a statement tells about a leaf, or None where it tells nothing.

    `leaf_of` finds the activity of an IRI, `own` says whether an authority is the Academy itself: results of
    packages come from its run-time only.
    """
    statement: Any = stored.statement
    verb = VERBS.get(statement["verb"]["id"])
    registration = statement.get("context", {}).get("registration")
    if verb is None or registration is None or not own(statement.get("authority")):
        return None
    leaf = leaf_of(statement["object"].get("id", ""))
    if leaf is None:
        return None
    result = statement.get("result", {})
    completion, success = _outcome(verb, result)
    score = result.get("score", {})
    return Event(
        seq=stored.seq,
        registration=UUID(registration),
        leaf=leaf,
        verb=verb,
        timestamp=_moment(statement.get("timestamp"), stored.seq),
        completion=completion,
        success=success,
        score_scaled=_number(score.get("scaled")),
        score_raw=_number(score.get("raw")),
        duration_ms=milliseconds(result["duration"]) if verb in ENDS and "duration" in result else 0,
    )


def fold(state: LeafState, event: Event) -> LeafState:
    """Return the state after an event; completion and success never fall, time only grows."""
    scaled, raw = _score_after(state, event)
    completed = state.completed
    if event.completion and (completed is None or event.timestamp < completed):
        completed = event.timestamp
    return replace(
        state,
        completion=COMPLETED if event.completion or state.completion == COMPLETED else INCOMPLETE,
        success=max(state.success, _success(event), key=SUCCESS_RANK.__getitem__),
        score_scaled=scaled,
        score_raw=raw,
        time_ms=state.time_ms + event.duration_ms,
        sessions=state.sessions + (event.verb in BEGINNINGS),
        started=min(state.started or event.timestamp, event.timestamp),
        last=max(state.last or event.timestamp, event.timestamp),
        completed=completed,
    )


def milliseconds(duration: str) -> int:
    """Return an ISO 8601 duration in milliseconds; 0 for what is none, or is longer than a century."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return 0
    seconds = sum(
        float(text.replace(",", ".")) * unit
        for text, unit in zip(found.groups(), _UNITS, strict=True)
        if text is not None
    )
    return round(seconds * 1000) if seconds <= CENTURY else 0


def _outcome(verb: str, result: dict[str, Any]) -> tuple[bool | None, bool | None]:
    """Return completion and success; a bare pass completes, for SCORM 1.2 has one status for both."""
    completion, success = result.get("completion"), result.get("success")
    if verb == "completed":
        completion = True
    elif verb in {"passed", "failed"}:
        success = verb == "passed"
    if success and completion is None:
        completion = True
    return completion, success


def _moment(timestamp: str | None, seq: int) -> datetime:
    """Return the time of a statement; one that lies after its storing is a wrong clock."""
    stored = EPOCH + timedelta(microseconds=seq)
    if timestamp is None:
        return stored
    return min(formats.moment(timestamp), stored).astimezone(UTC)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _success(event: Event) -> str:
    return UNKNOWN if event.success is None else PASSED if event.success else FAILED


def _score_after(state: LeafState, event: Event) -> tuple[float | None, float | None]:
    standing = (state.score_scaled, state.score_raw)
    reported = (event.score_scaled, event.score_raw)
    if reported == (None, None):
        return standing
    if standing == (None, None):
        return reported
    if not (event.completion or event.success is not None):
        return standing if state.finished else reported
    if not state.finished:
        return reported
    better = _score_key(_success(event), *reported) > _score_key(state.success, *standing)
    return reported if better else standing


def _score_key(success: str, scaled: float | None, raw: float | None) -> tuple[int, float, float]:
    lowest = float("-inf")
    return (
        SUCCESS_RANK[success],
        lowest if scaled is None else scaled,
        lowest if raw is None else raw,
    )
