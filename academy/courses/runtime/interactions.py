"""Answers to questions as SCORM 1.2 tells them, in the forms of xAPI (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from academy.courses.runtime import cmi

_SUCCESS = {"correct": True, "wrong": False, "incorrect": False}
_CORRECT = re.compile(r"correct_responses\.\d+\.pattern")


@dataclass(frozen=True)
class Answer:
    """One answer: the question's id and type, what was said, what would be right, and how it was judged."""

    id: str
    type: str
    response: str
    correct: tuple[str, ...]
    result: str
    latency_ms: int | None

    @property
    def success(self) -> bool | None:
        """Say whether the answer was right, where content said so."""
        return _SUCCESS.get(self.result)

    @property
    def points(self) -> Decimal | None:
        """Return the points, where content gave a number in place of a judgement."""
        return Decimal(self.result) if cmi.is_decimal(self.result) else None


def read(data: Mapping[str, str]) -> dict[int, Answer]:
    """Return the answers in the data of a SCO, by their place."""
    return {index: _answer(row) for index, row in cmi.rows(data, "interactions").items()}


def _answer(row: Mapping[str, str]) -> Answer:
    kind = row.get("type", "other")
    translate = _PATTERNS.get(kind, str)
    latency = row.get("latency")
    patterns = sorted(element for element in row if _CORRECT.fullmatch(element))
    return Answer(
        id=row.get("id", ""),
        type=kind,
        response=translate(row.get("student_response", "")),
        correct=tuple(translate(row[element]) for element in patterns if row[element]),
        result=row.get("result", ""),
        latency_ms=cmi.milliseconds(latency) if latency else None,
    )


def _true_false(text: str) -> str:
    return {"t": "true", "1": "true", "true": "true", "f": "false", "0": "false", "false": "false"}.get(
        text.strip().lower(), text
    )


def _parts(text: str) -> str:
    if "[,]" in text:
        return text
    inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    return "[,]".join(part.strip() for part in inner.split(",")) if inner else ""


def _pairs(text: str) -> str:
    if "[.]" in text:
        return text
    return "[,]".join(part.replace(".", "[.]", 1) for part in _parts(text).split("[,]"))


def _range(text: str) -> str:
    return text if "[:]" in text else text.replace(":", "[:]", 1)


_PATTERNS: dict[str, Callable[[str], str]] = {
    "true-false": _true_false,
    "choice": _parts,
    "sequencing": _parts,
    "matching": _pairs,
    "numeric": _range,
}
