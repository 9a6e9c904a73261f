"""What happened in a SCO as statements of the SCORM profile (pure).

Ids are deterministic: the same change of the same launch gives the same statement. No names of people stand
in statements.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote
from uuid import UUID, uuid5

from tincan import Activity, ActivityDefinition, LanguageMap, Verb, Version

from academy import clock
from academy.courses.runtime import cmi, interactions
from academy.courses.runtime.interactions import Answer
from academy.courses.runtime.results import Result
from academy.xapi import vocabulary

Json = dict[str, object]
_HUNDRED = Decimal(100)
_RAW = f"{cmi.SCORE}raw"


@dataclass(frozen=True)
class Thing:
    """An activity with its name in the languages that are known, and its type."""

    iri: str
    name: Mapping[str, str]
    type: str


@dataclass(frozen=True)
class Scene:
    """Who learns what where: all that the statements of one launch have in common."""

    actor: Mapping[str, object]
    registration: UUID
    launch: UUID
    course: Thing
    sco: Thing
    attempt: Thing


@dataclass(frozen=True)
class Moment:
    """When something happened: the clock, and the number of the commit that told it."""

    at: datetime
    seq: int


@dataclass(frozen=True)
class Event:
    """One statement to be."""

    verb: str
    result: Json | None = None
    answer: tuple[int, Answer] | None = None  # place and answer, where the object is a question


def opening(*, resumed: bool) -> list[Event]:
    """Return what the first contact of a session tells."""
    return [Event(vocabulary.RESUMED if resumed else vocabulary.INITIALIZED)]


def changes(before: tuple[cmi.Cmi, Result], after: tuple[cmi.Cmi, Result]) -> list[Event]:
    """Return what a commit tells: answers first, then score, completion and success."""
    (old_data, old), (new_data, new) = before, after
    return [*_answers(old_data, new_data), *_scores(old_data, new_data), *_results(old, new, new_data)]


def closing(*, result: Result, suspended: bool, duration_ms: int) -> list[Event]:
    """Return what the end of a session tells, once, with the result of the attempt so far."""
    told: Json = {"duration": duration(duration_ms)}
    if result.success != "unknown":
        told["success"] = result.success == "passed"
    if result.completion != "unknown":
        told["completion"] = result.completion == "completed"
    if (score := _score(_decimal(result.score), {})) is not None:
        told["score"] = score
    return [Event(vocabulary.SUSPENDED if suspended else vocabulary.TERMINATED, result=told)]


def written(scene: Scene, moment: Moment, events: Sequence[Event]) -> list[Json]:
    """Return events as statements, each a microsecond after the one before."""
    return [_document(scene, moment, event, place) for place, event in enumerate(events)]


def duration(length_ms: int) -> str:
    """Write milliseconds as ISO 8601, to hundredths of a second."""
    seconds, rest = divmod(length_ms // 10, 100)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    fraction = f".{rest:02d}" if rest else ""
    whole = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return f"PT{whole}{seconds}{fraction}S" if seconds or rest or not whole else f"PT{whole}"


def _scores(old: cmi.Cmi, new: cmi.Cmi) -> Iterator[Event]:
    score = _score(cmi.number(new, _RAW), new)
    if score is not None and new.get(_RAW) != old.get(_RAW):
        yield Event(vocabulary.SCORED, result={"score": score})


def _results(old: Result, new: Result, data: cmi.Cmi) -> Iterator[Event]:
    score = _score(cmi.number(data, _RAW), data)
    with_score: Json = {} if score is None else {"score": score}
    if new.completion != old.completion and new.completion == "completed":
        yield Event(vocabulary.COMPLETED, result={**with_score, "completion": True})
    if new.success != old.success and new.success == "passed":
        yield Event(vocabulary.PASSED, result={**with_score, "success": True, "completion": True})
    elif new.success != old.success and new.success == "failed":
        yield Event(vocabulary.FAILED, result={**with_score, "success": False})


def _answers(old: cmi.Cmi, new: cmi.Cmi) -> Iterator[Event]:
    touched = {element: text for element, text in new.items() if old.get(element) != text}
    for place in cmi.rows(touched, "interactions"):
        answer = interactions.answer_at(new, place)
        if answer == interactions.answer_at(old, place) or not (answer.response or answer.result):
            continue
        told: Json = {}
        if answer.response:
            told["response"] = answer.response
        if answer.success is not None:
            told["success"] = answer.success
        if answer.points is not None:
            told["score"] = {"raw": _plain(answer.points)}
        if answer.latency_ms is not None:
            told["duration"] = duration(answer.latency_ms)
        yield Event(vocabulary.RESPONDED, result=told, answer=(place, answer))


def _score(raw: Decimal | None, data: Mapping[str, str]) -> Json | None:
    """Return a score with what xAPI allows of it: scaled from -1 to 1, raw between min and max."""
    if raw is None:
        return None
    told: Json = {"raw": _plain(raw)}
    if abs(raw) <= _HUNDRED:
        told["scaled"] = _plain(raw / _HUNDRED)
    lowest, highest = (cmi.number(data, f"{cmi.SCORE}{name}") for name in ("min", "max"))
    if lowest is not None and highest is not None and lowest < highest and lowest <= raw <= highest:
        told |= {"min": _plain(lowest), "max": _plain(highest)}
    return told


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _document(scene: Scene, moment: Moment, event: Event, place: int) -> Json:
    """Put a statement together; its parts, which nobody may change in place, are built once by tincan.

    What tincan would alter (zones, durations, integers among numbers) differs each time and goes around it.
    """
    verb = event.verb.rpartition("/")[2]
    document: Json = {
        "id": str(uuid5(scene.launch, f"{moment.seq}/{verb}/{event.answer[0] if event.answer else ''}")),
        "actor": scene.actor,
        "verb": _verb(event.verb),
        "object": _question(scene, *event.answer) if event.answer else _activity(scene.sco),
        "context": _context(scene, inside=event.answer is not None),
        "timestamp": clock.rfc3339(moment.at + timedelta(microseconds=place)),
        "version": Version.latest,
    }
    if event.result:
        document["result"] = event.result
    return document


@lru_cache
def _verb(iri: str) -> Json:
    return dict(Verb(id=iri, display=LanguageMap(vocabulary.VERBS[iri])).as_version())


def _question(scene: Scene, place: int, answer: Answer) -> Json:
    return _question_named(scene.sco.iri, answer.id or str(place), answer.type, answer.correct)


@lru_cache(maxsize=2000)
def _question_named(sco: str, name: str, kind: str, correct: tuple[str, ...]) -> Json:
    definition = ActivityDefinition(
        type=vocabulary.INTERACTION,
        name=LanguageMap({"und": name}),
        interaction_type=kind,
        correct_responses_pattern=list(correct) or None,
    )
    iri = f"{sco}/interactions/{quote(name, safe='')}"
    return dict(Activity(id=iri, definition=definition).as_version())


def _activity(thing: Thing) -> Json:
    return _activity_named(thing.iri, thing.type, tuple(thing.name.items()))


@lru_cache(maxsize=2000)
def _activity_named(iri: str, kind: str, name: tuple[tuple[str, str], ...]) -> Json:
    words = LanguageMap(dict(name))
    definition = ActivityDefinition(type=kind, name=words, description=words)
    return dict(Activity(id=iri, definition=definition).as_version())


@lru_cache(maxsize=1)
def _profile() -> Json:
    definition = ActivityDefinition(type=vocabulary.PROFILE)
    return dict(Activity(id=vocabulary.SCORM_PROFILE, definition=definition).as_version())


def _context(scene: Scene, *, inside: bool) -> Json:
    around: Json = {
        "category": [_profile()],
        "grouping": [_activity(scene.course), _activity(scene.attempt)],
    }
    if inside:
        around["parent"] = [_activity(scene.sco)]
    return {"registration": str(scene.registration), "contextActivities": around}
