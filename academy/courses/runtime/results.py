"""What a SCO's data amounts to: completion, success and score, and why none of them gets worse (pure).

Completion and success are two fields; SCORM 1.2 has one word for both. (specs/scorm.md 2.3)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from academy.courses.runtime import cmi

End = Literal["", "finish", "leave"]
FINISHED = frozenset({"passed", "completed", "failed"})
_SUCCESSES = ("unknown", "failed", "passed")
_COMPLETIONS = ("unknown", "incomplete", "completed")


@dataclass(frozen=True)
class Result:
    """Completion (unknown, incomplete, completed), success (unknown, failed, passed) and the raw score."""

    completion: str = "unknown"
    success: str = "unknown"
    score: float | None = None

    @property
    def status(self) -> str:
        """Return the one word of SCORM 1.2 for this result."""
        if self.success != "unknown":
            return self.success
        return "not attempted" if self.completion == "unknown" else self.completion


def status_after(data: Mapping[str, str], *, mastery: Decimal | None, end: End = "") -> str:
    """Return the lesson status that counts, after the rules that an LMS applies.

    With a mastery score and a score, the comparison decides, whatever content says: at the end of the
    session, or as soon as content calls itself finished. Content left in the middle (it suspends, or is left
    without a finish) does not fail by it. Content that finishes without a word about its status completed.
    """
    status = data.get(cmi.STATUS, "")
    score = cmi.number(data, f"{cmi.SCORE}raw")
    if mastery is not None and score is not None and (end or status in FINISHED):
        in_the_middle = status not in FINISHED and (end == "leave" or data.get(cmi.EXIT) == "suspend")
        if score >= mastery:
            return "passed"
        return status if in_the_middle else "failed"
    if end == "finish" and status in {"", "not attempted"}:
        return "completed"
    return status


def result_of(status: str, data: Mapping[str, str]) -> Result:
    """Return completion, success and score of a lesson status; `failed` says nothing about completion."""
    score = cmi.number(data, f"{cmi.SCORE}raw")
    completion = {"passed": "completed", "completed": "completed", "incomplete": "incomplete"}
    return Result(
        completion=completion.get(status, "unknown"),
        success=status if status in {"passed", "failed"} else "unknown",
        score=None if score is None else float(score),
    )


def best(official: Result, new: Result) -> Result:
    """Return the official result after a new one: each field only ever gets better."""
    scores = [score for score in (official.score, new.score) if score is not None]
    return Result(
        completion=max(official.completion, new.completion, key=_COMPLETIONS.index),
        success=max(official.success, new.success, key=_SUCCESSES.index),
        score=max(scores, default=None),
    )


def stays_open(status: str, data: Mapping[str, str]) -> bool:
    """Say whether the attempt goes on at the next launch: content suspended, or is not finished."""
    return data.get(cmi.EXIT) == "suspend" or status not in FINISHED
