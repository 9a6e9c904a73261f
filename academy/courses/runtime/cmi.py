"""The SCORM 1.2 data model as the server knows it: what content may write, and what it finds at launch.

Data is flat: element → text. (SCORM 1.2 RTE 3.4; specs/scorm.md 2.2 and 2.4)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Cmi = dict[str, str]
Check = Callable[[str], bool]

STATUS = "cmi.core.lesson_status"
LOCATION = "cmi.core.lesson_location"
SUSPEND_DATA = "cmi.suspend_data"
EXIT = "cmi.core.exit"
SESSION_TIME = "cmi.core.session_time"
SCORE = "cmi.core.score."

LONGEST = 1_048_576
MOST_ROWS = 10_000
STATUSES = frozenset({"passed", "completed", "failed", "incomplete", "browsed"})
EXITS = frozenset({"time-out", "suspend", "logout", ""})
INTERACTION_TYPES = frozenset(
    {"true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert", "numeric"}
)
RESULTS = frozenset({"correct", "wrong", "incorrect", "unanticipated", "neutral"})

_DECIMAL = re.compile(r"-?\d{1,10}(\.\d{1,10})?", re.ASCII)
_TIMESPAN = re.compile(r"(\d{2,4}):(\d{2}):(\d{2})(?:\.(\d{1,2}))?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,2})?", re.ASCII)
_INDEX = re.compile(r"\.(\d{1,6})(?=\.)", re.ASCII)


@dataclass(frozen=True)
class Conditions:
    """What the manifest and the Academy say about one leaf; content may only read it."""

    student_id: str
    student_name: str
    mode: str = "normal"
    launch_data: str = ""
    mastery_score: str = ""
    max_time_allowed: str = ""
    time_limit_action: str = ""


def is_decimal(text: str) -> bool:
    """Say whether a text is a plain decimal number."""
    return _DECIMAL.fullmatch(text) is not None


def is_timespan(text: str) -> bool:
    """Say whether a text is `HHHH:MM:SS.SS`, minutes and seconds free of a limit as content writes them."""
    return _TIMESPAN.fullmatch(text) is not None


def milliseconds(timespan: str) -> int:
    """Return how long a CMITimespan lasts; raises ValueError where it is none."""
    found = _TIMESPAN.fullmatch(timespan)
    if found is None:
        raise ValueError(f"not a timespan: {timespan!r}")
    hours, minutes, seconds = (int(part) for part in found.groups()[:3])
    hundredths = int((found[4] or "0").ljust(2, "0"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10


def timespan(length: int) -> str:
    """Write milliseconds as `HHHH:MM:SS.SS`, cut to hundredths, at most 9999 hours."""
    hundredths = min(length // 10, 9999 * 360_000 + 359_999)
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"


def number(data: Mapping[str, str], element: str) -> Decimal | None:
    """Return an element as a number, or None where it is absent or none."""
    text = data.get(element, "")
    return Decimal(text) if is_decimal(text) else None


def _short(text: str) -> bool:
    return len(text) <= 4096


def _long(text: str) -> bool:
    return len(text) <= LONGEST


def _among(words: frozenset[str]) -> Check:
    return lambda text: text in words


def _number_between(lowest: int, highest: int) -> Check:
    return lambda text: is_decimal(text) and lowest <= Decimal(text) <= highest


def _score(text: str) -> bool:
    return text == "" or is_decimal(text)


def _result(text: str) -> bool:
    return text in RESULTS or is_decimal(text)


#: What content may write; rows of lists stand as `n`.
WRITABLE: dict[str, Check] = {
    LOCATION: _short,
    STATUS: _among(STATUSES),
    EXIT: _among(EXITS),
    SESSION_TIME: is_timespan,
    f"{SCORE}raw": _score,
    f"{SCORE}min": _score,
    f"{SCORE}max": _score,
    SUSPEND_DATA: _long,
    "cmi.comments": _long,
    "cmi.objectives.n.id": _short,
    "cmi.objectives.n.score.raw": _score,
    "cmi.objectives.n.score.min": _score,
    "cmi.objectives.n.score.max": _score,
    "cmi.objectives.n.status": _among(STATUSES | {"not attempted"}),
    "cmi.student_preference.audio": _number_between(-1, 100),
    "cmi.student_preference.language": _short,
    "cmi.student_preference.speed": _number_between(-100, 100),
    "cmi.student_preference.text": _number_between(-1, 1),
    "cmi.interactions.n.id": _short,
    "cmi.interactions.n.objectives.n.id": _short,
    "cmi.interactions.n.time": lambda text: _TIME.fullmatch(text) is not None,
    "cmi.interactions.n.type": _among(INTERACTION_TYPES),
    "cmi.interactions.n.correct_responses.n.pattern": _short,
    "cmi.interactions.n.weighting": is_decimal,
    "cmi.interactions.n.student_response": _short,
    "cmi.interactions.n.result": _result,
    "cmi.interactions.n.latency": is_timespan,
}


def clean(
    written: Mapping[str, object], *, writable: Mapping[str, Check] = WRITABLE
) -> tuple[Cmi, list[str]]:
    """Return what of a commit counts, and the names of elements that do not.

    Elements that content may only read, unknown ones and values outside their vocabulary do not count.
    """
    accepted: Cmi = {}
    ignored: list[str] = []
    for element, value in written.items():
        if isinstance(value, str) and _may_write(element, value, writable):
            accepted[element] = value
        else:
            ignored.append(element)
    return accepted, ignored


def _may_write(element: str, value: str, writable: Mapping[str, Check]) -> bool:
    if ".n." in element or any(int(index) >= MOST_ROWS for index in _INDEX.findall(element)):
        return False
    check = writable.get(_INDEX.sub(".n", element))
    return check is not None and check(value)


def entry(data: Mapping[str, str], *, is_new: bool) -> str:
    """Return how content is entered: new, resumed, or opened again.

    Content that never set an exit, or left by time-out or logout, is resumed all the same where it left a
    bookmark, unless it had finished.
    """
    if is_new:
        return "ab-initio"
    if data.get(EXIT) == "suspend":
        return "resume"
    finished = data.get(STATUS) in {"passed", "completed", "failed"}
    has_bookmark = bool(data.get(SUSPEND_DATA) or data.get(LOCATION))
    return "resume" if has_bookmark and not finished else ""


def at_launch(
    data: Mapping[str, str], conditions: Conditions, *, is_new: bool, total_time_ms: int
) -> dict[str, str]:
    """Return all that content finds when it starts."""
    kept = {element: value for element, value in data.items() if element not in {EXIT, SESSION_TIME}}
    return {
        STATUS: "not attempted",
        **kept,
        "cmi.core.student_id": conditions.student_id,
        "cmi.core.student_name": conditions.student_name,
        "cmi.core.credit": "credit" if conditions.mode == "normal" else "no-credit",
        "cmi.core.lesson_mode": conditions.mode,
        "cmi.core.entry": entry(data, is_new=is_new),
        "cmi.core.total_time": timespan(total_time_ms),
        "cmi.launch_data": conditions.launch_data,
        "cmi.student_data.mastery_score": conditions.mastery_score,
        "cmi.student_data.max_time_allowed": conditions.max_time_allowed,
        "cmi.student_data.time_limit_action": conditions.time_limit_action,
    }


def rows(data: Mapping[str, str], name: str) -> dict[int, Cmi]:
    """Return the rows of a list (`interactions`, `objectives`), each as element after the index → text."""
    found: dict[int, Cmi] = {}
    start = f"cmi.{name}."
    for element, value in data.items():
        if element.startswith(start):
            index, _, rest = element[len(start) :].partition(".")
            found.setdefault(int(index), {})[rest] = value
    return dict(sorted(found.items()))
