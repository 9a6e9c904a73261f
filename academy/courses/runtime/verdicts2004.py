"""What a SCORM 2004 SCO's data amounts to: its result, what the engine hears, where it wants to go (pure).

The server applies the rules of thresholds itself; what content says beside them does not count.
(RTE 4.2.4, 4.2.22, 4.4; specs/scorm.md 3.3 to 3.5)
"""

import re
from collections.abc import Mapping

from academy.courses.runtime import cmi2004
from academy.courses.runtime.cmi2004 import COMPLETION, EXIT, PROGRESS, REQUEST, SCALED, SUCCESS
from academy.courses.runtime.results import Result
from academy.courses.sequencing.definition import Definition, Objective
from academy.courses.sequencing.navigation import Request
from academy.courses.sequencing.results import Report

Value = float | bool | None

_COMPLETIONS: dict[str, Value] = {
    "completed": True,
    "incomplete": False,
    "not attempted": False,
    "unknown": None,
}
_SUCCESSES: dict[str, Value] = {"passed": True, "failed": False, "unknown": None}
_FIELDS = {
    "success_status": "satisfied",
    "score.scaled": "measure",
    "score.raw": "raw",
    "score.min": "min",
    "score.max": "max",
    "completion_status": "completion",
    "progress_measure": "progress",
}
_TARGET = re.compile(r"\{target=(?P<target>[^}]*)\}(?P<name>choice|jump)")
_REQUESTS = frozenset({"continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"})


def result_of(data: Mapping[str, str], told: Definition) -> Result:
    """Return completion, success and scaled score of what content left."""
    completion = completion_of(data, told)
    success = success_of(data, told.sequencing.objectives[0])
    scaled = data.get(SCALED)
    return Result(
        completion={True: "completed", False: "incomplete", None: "unknown"}[completion],
        success={True: "passed", False: "failed", None: "unknown"}[success],
        score=None if scaled is None else float(scaled),
    )


def completion_of(data: Mapping[str, str], told: Definition) -> bool | None:
    """Say whether content is completed: by its progress measure where the manifest sets a threshold."""
    if told.completed_by_measure:
        progress = data.get(PROGRESS)
        return None if progress is None else float(progress) >= told.least_progress
    found = _COMPLETIONS[data.get(COMPLETION, "unknown")]
    return None if found is None else bool(found)


def success_of(data: Mapping[str, str], primary: Objective) -> bool | None:
    """Say whether content is passed: by its scaled score where the manifest sets a passing score."""
    if primary.by_measure:
        scaled = data.get(SCALED)
        return None if scaled is None else float(scaled) >= primary.least_measure
    found = _SUCCESSES[data.get(SUCCESS, "unknown")]
    return None if found is None else bool(found)


def report_of(written: Mapping[str, str]) -> Report:
    """Return what the engine hears of what content wrote in a session; unknown, too, may be written."""
    own = {
        name: _value(name, text)
        for field, name in _FIELDS.items()
        if (text := written.get(f"cmi.{field}")) is not None
    }
    rows = cmi2004.rows_of(written, "cmi.objectives.")
    objectives = {
        row["id"]: {name: _value(name, row[field]) for field, name in _FIELDS.items() if field in row}
        for row in rows
        if "id" in row
    }
    return Report(own, objectives, suspends=written.get(EXIT) == "suspend")


def request_of(written: Mapping[str, str]) -> Request | None:
    """Return where content wants to go when its session ends, None where it leaves that to the learner.

    Time-out and logout end the whole course (RTE 4.2.8).
    """
    if written.get(EXIT) in {"time-out", "logout"}:
        return Request("exitAll")
    told = written.get(REQUEST, "")
    if told in _REQUESTS:
        return Request(told)
    found = _TARGET.fullmatch(told)
    return Request(found["name"], " ".join(found["target"].split())) if found else None


def facts_of(told: Definition) -> dict[str, str | None]:
    """Return what content may read of its thresholds and limits."""
    primary = told.sequencing.objectives[0]
    return {
        "completion_threshold": _number(told.least_progress) if told.completed_by_measure else None,
        "scaled_passing_score": _number(primary.least_measure) if primary.by_measure else None,
        "max_time_allowed": told.sequencing.duration_limit,
    }


def written_out(values: Mapping[str, Value]) -> dict[str, str]:
    """Write values of the engine as content reads them in a row of its objectives."""
    return {
        field: _text(name, found)
        for field, name in _FIELDS.items()
        if (found := values.get(name)) is not None
    }


def _value(name: str, text: str) -> Value:
    if name == "completion":
        return _COMPLETIONS[text]
    return _SUCCESSES[text] if name == "satisfied" else float(text)


def _text(name: str, found: float | bool) -> str:
    if name == "completion":
        return "completed" if found else "incomplete"
    if name == "satisfied":
        return "passed" if found else "failed"
    return _number(float(found))


def _number(found: float) -> str:
    return format(found, ".7f").rstrip("0").rstrip(".")
