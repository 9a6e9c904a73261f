"""Statements of learning as the run-time writes them, stored through the store."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from academy import clock
from academy.courses import identifiers
from academy.courses.models import Activity, Enrolment
from academy.db import db, iri_base
from academy.xapi import store
from academy.xapi.vocabulary import ADL_VERBS

START = datetime(2026, 3, 12, 9, 0, tzinfo=clock.UTC)


def statement(of: Enrolment, leaf: Activity, verb: str, **overrides: Any) -> dict[str, Any]:
    """Make a statement about a leaf; `at` is minutes after START, `result` the result; not stored yet."""
    minutes, result = overrides.pop("at", 0), overrides.pop("result", None)
    made: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": iri_base(), "name": str(of.person.pseudonym.name)}},
        "verb": {"id": f"{ADL_VERBS}{verb}", "display": {"en": verb}},
        "object": {"id": identifiers.activity_iri(leaf)},
        "context": {"registration": str(of.registration)},
        "timestamp": clock.rfc3339(START + timedelta(minutes=minutes)),
    }
    if result is not None:
        made["result"] = result
    return made | overrides


def keep(*statements: dict[str, Any], authority: dict[str, Any] | None = None) -> None:
    """Store statements in one batch, by the authority of the Academy unless another is given."""
    store.insert(db.session.connection(), statements, authority=authority or store.own_authority())


def result(
    *,
    completion: bool | None = None,
    success: bool | None = None,
    scaled: float | None = None,
    duration: str | None = None,
) -> dict[str, Any]:
    """Make the result of a statement; a scaled score brings its raw score."""
    score = None if scaled is None else {"scaled": scaled, "raw": scaled * 100, "min": 0, "max": 100}
    made = {"completion": completion, "success": success, "score": score, "duration": duration}
    return {name: value for name, value in made.items() if value is not None}


def session(of: Enrolment, leaf: Activity, *, at: int = 0, **outcome: Any) -> list[dict[str, Any]]:
    """Make the statements of one session that lasts ten minutes, with its outcome."""
    return [
        statement(of, leaf, "initialized", at=at),
        statement(of, leaf, "terminated", at=at + 10, result=result(**{"duration": "PT10M"} | outcome)),
    ]


def finish(of: Enrolment, *leaves: Activity, scaled: float = 0.9, at: int = 0) -> None:
    """Store one session for each leaf in which the person completes and passes it."""
    for number, leaf in enumerate(leaves):
        keep(*session(of, leaf, at=at + 20 * number, completion=True, success=True, scaled=scaled))
