"""Histories of learners: what they did in which session, written as the statements that a player would."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from academy import clock
from academy.accounts import pseudonyms
from academy.courses import identifiers
from academy.courses.models import Activity, Attempt, Course, Enrolment, PackageVersion
from academy.courses.runtime import cmi, statements
from academy.courses.runtime.results import Result
from academy.courses.runtime.statements import Moment, Scene, Thing
from academy.db import db, iri_base
from academy.xapi import store, vocabulary

MONTHS = 10

#: What becomes of an enrolment, and of how many in a hundred.
FATES = {
    "finished": 48,
    "failed first": 10,
    "under way": 20,
    "failed": 6,
    "left at once": 5,
    "never came": 11,
}


@dataclass(frozen=True)
class Visit:
    """One session: which leaf, when, how long, and the result it ends with (score out of 100)."""

    leaf: int
    at: datetime
    minutes: int
    result: Result


@dataclass(frozen=True)
class Content:
    """A course with its leaves in order, which of them are tests, and a package version to play."""

    course: Course
    leaves: list[Activity]
    tests: frozenset[int]
    version: PackageVersion


def plan(content: Content, *, random: Random, now: datetime) -> list[Visit]:
    """Invent the sessions of one learner in one course, oldest first."""
    fate = random.choices(list(FATES), list(FATES.values()))[0]
    if fate == "never came":
        return []
    at = now - timedelta(days=random.randint(2, MONTHS * 30), minutes=random.randint(0, 900))
    visits: list[Visit] = []
    for leaf in range(len(content.leaves)):
        results = _results(leaf in content.tests, fate, random)
        for result in results:
            at += timedelta(days=random.choice((0, 0, 1, 3, 9)), minutes=random.randint(20, 300))
            if at >= now:
                return visits
            visits.append(Visit(leaf, at, random.randint(4, 45), result))
        if results[-1].completion != "completed":
            return visits
        if fate == "under way" and random.random() < 0.5:
            return visits
    return visits


def replay(enrolment: Enrolment, content: Content, visits: list[Visit]) -> int:
    """Store the statements of the visits, and keep the attempts they leave behind; return how many."""
    attempts: dict[int, Attempt] = {}
    written: list[dict[str, object]] = []
    for visit in visits:
        attempt = attempts.get(visit.leaf) or _attempt(enrolment, content, visit.leaf)
        attempts[visit.leaf] = attempt
        written += _session(enrolment, content, visit, attempt)
    if written:
        store.insert(db.session.connection(), written, authority=store.own_authority())
    return len(written)


def _results(test: bool, fate: str, random: Random) -> list[Result]:
    incomplete = Result("incomplete")
    middle = [incomplete] * random.choice((0, 0, 1, 2))
    if fate == "left at once":
        return [incomplete]
    if fate == "under way" and random.random() < 0.4:
        return [incomplete, incomplete]
    if not test:
        return [*middle, Result("completed")]
    passed = Result("completed", "passed", float(random.randint(70, 100)))
    failed = Result("unknown", "failed", float(random.randint(20, 65)))
    return {"failed": [*middle, failed], "failed first": [*middle, failed, passed]}.get(
        fate, [*middle, passed]
    )


def _attempt(enrolment: Enrolment, content: Content, leaf: int) -> Attempt:
    attempt = Attempt(
        enrolment=enrolment,
        activity=content.leaves[leaf],
        package_id=content.version.package_id,
        version=content.version,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _session(
    enrolment: Enrolment, content: Content, visit: Visit, attempt: Attempt
) -> Iterator[dict[str, object]]:
    scene = _scene(enrolment, content, attempt, number=attempt.sessions)
    before = (dict(attempt.data), Result(attempt.completion, attempt.success, attempt.score_raw))
    after = ({**attempt.data, **_data(visit.result)}, visit.result)
    end = visit.at + timedelta(minutes=visit.minutes)
    length, suspended = visit.minutes * 60_000, visit.result.status == "incomplete"
    told = (
        (Moment(visit.at, 0), statements.opening(resumed=attempt.sessions > 0)),
        (Moment(end - timedelta(seconds=20), 1), statements.changes(before, after)),
        (
            Moment(end, 2),
            statements.closing(result=visit.result, suspended=suspended, duration_ms=length),
        ),
    )
    for moment, events in told:
        yield from statements.written(scene, moment, events)
    attempt.data = after[0]
    attempt.completion, attempt.success, attempt.score_raw = (
        visit.result.completion,
        visit.result.success,
        visit.result.score,
    )
    attempt.sessions += 1
    attempt.total_time_ms += length


def _data(result: Result) -> cmi.Cmi:
    data = {cmi.STATUS: result.status}
    if result.score is not None:
        data |= {f"{cmi.SCORE}raw": f"{result.score:g}", f"{cmi.SCORE}min": "0", f"{cmi.SCORE}max": "100"}
    return data


def _scene(enrolment: Enrolment, content: Content, attempt: Attempt, *, number: int) -> Scene:
    leaf = attempt.activity
    attempt_iri = f"{iri_base()}{identifiers.PLACE}attempt/{attempt.public_id}"
    return Scene(
        actor=pseudonyms.actor(enrolment.person),
        registration=enrolment.registration,
        launch=UUID(int=attempt.public_id.int ^ (number + 1)),
        course=Thing(identifiers.course_iri(content.course), content.course.title, vocabulary.COURSE),
        sco=Thing(identifiers.activity_iri(leaf), leaf.title, vocabulary.LESSON),
        attempt=Thing(attempt_iri, leaf.title, vocabulary.ATTEMPT),
    )


def enrolled_before(visits: list[Visit], *, random: Random) -> datetime:
    """Return when somebody with these visits enrolled."""
    first = visits[0].at if visits else clock.now() - timedelta(days=random.randint(0, 90))
    return first - timedelta(minutes=random.randint(2, 2000))
