"""Answers to questions as SCORM 1.2 tells them, in the forms of xAPI (pure)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from academy.courses.runtime import cmi

_SUCCESS = {"correct": True, "wrong": False, "incorrect": False}


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


def answer_at(data: Mapping[str, str], place: int) -> Answer:
    """Return the answer at a place in the data of a SCO; what is missing is empty."""
    start = f"cmi.interactions.{place}."
    kind = data.get(f"{start}type", "other")
    translate = _PATTERNS.get(kind, str)
    latency = data.get(f"{start}latency")
    return Answer(
        id=_text(data.get(f"{start}id", "")),
        type=kind,
        response=translate(_text(data.get(f"{start}student_response", ""))),
        correct=tuple(translate(_text(pattern)) for pattern in _patterns(data, start)),
        result=data.get(f"{start}result", ""),
        latency_ms=cmi.milliseconds(latency) if latency else None,
    )


def _patterns(data: Mapping[str, str], start: str) -> Iterator[str]:
    for number in count():
        pattern = data.get(f"{start}correct_responses.{number}.pattern")
        if pattern is None:
            return
        if pattern:
            yield pattern


def _text(written: str) -> str:
    """Return a text without what no JSON for others may hold: halves of characters, and NUL."""
    return written.encode("utf-8", "replace").decode().replace("\0", "")


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
