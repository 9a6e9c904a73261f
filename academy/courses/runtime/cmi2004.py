"""The SCORM 2004 data model as the server knows it: what content may write, and what it finds at launch.

Data is flat: element → text. (SCORM 2004 4th Edition RTE 4; specs/scorm.md 3.2)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from academy.courses.runtime.cmi import LONGEST, Check, Cmi
from academy.courses.runtime.cmi2004_types import (
    duration,
    is_between,
    is_duration,
    is_identifier,
    is_language,
    is_localized,
    is_real,
    is_timestamp,
)

COMPLETION, SUCCESS = "cmi.completion_status", "cmi.success_status"
PROGRESS, SCALED = "cmi.progress_measure", "cmi.score.scaled"
SCORE = "cmi.score."
EXIT, SESSION_TIME = "cmi.exit", "cmi.session_time"
LOCATION, SUSPEND_DATA = "cmi.location", "cmi.suspend_data"
REQUEST = "adl.nav.request"

COMPLETIONS = frozenset({"completed", "incomplete", "not attempted", "unknown"})
SUCCESSES = frozenset({"passed", "failed", "unknown"})
EXITS = frozenset({"time-out", "suspend", "logout", "normal", ""})
TYPES = frozenset(
    {
        *("true-false", "choice", "fill-in", "long-fill-in", "matching"),
        *("performance", "sequencing", "likert", "numeric", "other"),
    }
)
RESULTS = frozenset({"correct", "incorrect", "unanticipated", "neutral"})
#: What lasts one session only.
OF_SESSION = frozenset({EXIT, SESSION_TIME, REQUEST})


@dataclass(frozen=True)
class Conditions:
    """What the manifest and the Academy say about one leaf; content may only read it. None is unset."""

    learner_id: str
    learner_name: str
    mode: str = "normal"
    launch_data: str | None = None
    completion_threshold: str | None = None
    scaled_passing_score: str | None = None
    max_time_allowed: str | None = None
    time_limit_action: str | None = None
    objectives: tuple[tuple[str, Mapping[str, str]], ...] = ()
    buckets: tuple[tuple[str, str], ...] = field(default=())


def _long(text: str) -> bool:
    return len(text) <= LONGEST


def _among(words: frozenset[str]) -> Check:
    return lambda text: text in words


def _between(lowest: float | None = None, highest: float | None = None) -> Check:
    return lambda text: is_between(text, lowest, highest)


#: What content may write; rows of lists stand as `n`.
WRITABLE: dict[str, Check] = {
    "cmi.comments_from_learner.n.comment": is_localized,
    "cmi.comments_from_learner.n.location": _long,
    "cmi.comments_from_learner.n.timestamp": is_timestamp,
    COMPLETION: _among(COMPLETIONS),
    EXIT: _among(EXITS),
    "cmi.interactions.n.id": is_identifier,
    "cmi.interactions.n.type": _among(TYPES),
    "cmi.interactions.n.objectives.n.id": is_identifier,
    "cmi.interactions.n.timestamp": is_timestamp,
    "cmi.interactions.n.correct_responses.n.pattern": _long,
    "cmi.interactions.n.weighting": is_real,
    "cmi.interactions.n.learner_response": _long,
    "cmi.interactions.n.result": lambda text: text in RESULTS or is_real(text),
    "cmi.interactions.n.latency": is_duration,
    "cmi.interactions.n.description": is_localized,
    "cmi.learner_preference.audio_level": _between(0),
    "cmi.learner_preference.language": is_language,
    "cmi.learner_preference.delivery_speed": _between(0),
    "cmi.learner_preference.audio_captioning": _among(frozenset({"-1", "0", "1"})),
    LOCATION: _long,
    "cmi.objectives.n.id": is_identifier,
    "cmi.objectives.n.score.scaled": _between(-1, 1),
    "cmi.objectives.n.score.raw": is_real,
    "cmi.objectives.n.score.min": is_real,
    "cmi.objectives.n.score.max": is_real,
    "cmi.objectives.n.success_status": _among(SUCCESSES),
    "cmi.objectives.n.completion_status": _among(COMPLETIONS),
    "cmi.objectives.n.progress_measure": _between(0, 1),
    "cmi.objectives.n.description": is_localized,
    PROGRESS: _between(0, 1),
    SCALED: _between(-1, 1),
    f"{SCORE}raw": is_real,
    f"{SCORE}min": is_real,
    f"{SCORE}max": is_real,
    SESSION_TIME: is_duration,
    SUCCESS: _among(SUCCESSES),
    SUSPEND_DATA: _long,
    REQUEST: _long,
    "adl.data.n.store": _long,
}


def at_launch(
    data: Mapping[str, str], conditions: Conditions, *, is_new: bool, total_time_ms: int
) -> dict[str, str]:
    """Return all that content finds when it starts; what is not set is not in it. (RTE 4.2)

    `is_new` says that an attempt begins; else it goes on where it was suspended.
    """
    kept = {element: value for element, value in data.items() if element not in OF_SESSION}
    facts = {
        "cmi.launch_data": conditions.launch_data,
        "cmi.completion_threshold": conditions.completion_threshold,
        "cmi.scaled_passing_score": conditions.scaled_passing_score,
        "cmi.max_time_allowed": conditions.max_time_allowed,
        "cmi.time_limit_action": conditions.time_limit_action or "continue,no message",
    }
    return {
        **_without_rows(kept, "cmi.objectives."),
        **_objectives(kept, conditions.objectives),
        **_rows("adl.data.", ({"id": name, "store": text} for name, text in conditions.buckets)),
        "cmi.learner_id": conditions.learner_id,
        "cmi.learner_name": conditions.learner_name,
        "cmi.credit": "credit" if conditions.mode == "normal" else "no-credit",
        "cmi.mode": conditions.mode,
        "cmi.entry": "ab-initio" if is_new else "resume" if data.get(EXIT) == "suspend" else "",
        "cmi.total_time": duration(total_time_ms),
        **{element: value for element, value in facts.items() if value is not None},
    }


def _objectives(kept: Mapping[str, str], known: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    """Return the rows of objectives: those of the activity first, with what is known of them now."""
    rows = {row["id"]: row for row in rows_of(kept, "cmi.objectives.") if "id" in row}
    for identifier, values in known:
        rows[identifier] = {"id": identifier, **rows.get(identifier, {}), **values}
    first = [rows.pop(identifier) for identifier, _ in known]
    return _rows("cmi.objectives.", [*first, *rows.values()])


def rows_of(data: Mapping[str, str], start: str) -> list[Cmi]:
    """Return the rows of a list in order, each as element after the index → text."""
    found: dict[int, Cmi] = {}
    for element, value in data.items():
        if element.startswith(start):
            index, _, rest = element[len(start) :].partition(".")
            found.setdefault(int(index), {})[rest] = value
    return [row for _, row in sorted(found.items())]


def _rows(start: str, rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {f"{start}{index}.{name}": value for index, row in enumerate(rows) for name, value in row.items()}


def _without_rows(data: Mapping[str, str], start: str) -> dict[str, str]:
    return {element: value for element, value in data.items() if not element.startswith(start)}
