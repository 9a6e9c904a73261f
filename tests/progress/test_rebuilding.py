"""All statements again must give the rows that stand."""

import random
from typing import Any

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.jobs import Job
from academy.progress import rebuilding, rows
from academy.progress.models import ActivityProgress, CourseProgress
from academy.progress.rebuilding import Difference
from academy.progress.signals import course_completed
from tests.factories import courses
from tests.factories import progress as learning
from tests.factories.progress import keep, result, statement

pytestmark = pytest.mark.usefixtures("app")

VERBS = ("initialized", "resumed", "scored", "suspended", "terminated", "passed", "failed", "completed")


def histories(seed: int) -> list[Any]:
    """Store random histories of six people in two courses, cut into random batches, with a second release."""
    chance = random.Random(seed)
    seats = []
    for _ in range(2):
        made = courses.published_course_with_sco()
        leaves = [made.leaf, *(courses.leaf(made.activity) for _ in range(2))]
        courses.release(made.course, leaves)
        seats += [(courses.enrolment(made.course), leaves) for _ in range(3)]
    batch: list[dict[str, Any]] = []
    for minute in range(120):
        seat, leaves = chance.choice(seats)
        told = result(
            completion=chance.choice([None, True, False]),
            success=chance.choice([None, True, False]),
            scaled=chance.choice([None, chance.randint(0, 100) / 100]),
            duration=chance.choice([None, "PT3M", "PT0.5S"]),
        )
        batch.append(statement(seat, chance.choice(leaves), chance.choice(VERBS), at=minute, result=told))
        if chance.random() < 0.2:
            keep(*batch)
            batch = []
        if minute == 60:
            courses.release(seat.course, leaves[1:], must_pass=False)
    keep(*batch)
    return seats


def test_rebuild_of_random_histories_finds_no_difference() -> None:
    for seed in range(4):
        histories(seed)

    outcome = rebuilding.rebuild(verify=True)

    assert outcome.differences == []
    assert outcome.registrations == 24
    completed = sa.select(sa.func.count()).where(CourseProgress.completion == "completed")
    assert db.session.scalar(completed)  # or the histories would prove little


def test_rebuild_verify_names_what_differs_and_changes_nothing() -> None:
    made = courses.published_course_with_sco()
    seat, other = courses.enrolment(made.course), courses.enrolment(made.course)
    for one in (seat, other):
        learning.finish(one, made.leaf, scaled=0.75)
    tampered = sa.update(ActivityProgress).where(ActivityProgress.registration == seat.registration)
    db.session.execute(tampered.values(score_scaled=1.0))

    outcome = rebuilding.rebuild(verify=True)

    assert outcome.differences == [
        Difference(seat.registration, made.leaf.public_id, "score_scaled", 1.0, 0.75)
    ]
    assert db.session.scalar(sa.select(sa.func.max(ActivityProgress.score_scaled))) == 1.0


def test_rebuild_replaces_what_differs_without_side_effects() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    learning.finish(seat, made.leaf)
    expected = rows.standings(db.session.connection(), [seat.registration])
    db.session.execute(sa.delete(CourseProgress))
    db.session.execute(sa.delete(Job))
    heard: list[object] = []

    def hear(sender: object, **news: object) -> None:
        heard.append(news)

    with course_completed.connected_to(hear):
        rebuilding.rebuild(verify=False)

    assert rows.standings(db.session.connection(), [seat.registration]) == expected
    assert heard == []
    assert db.session.scalars(sa.select(Job)).all() == []


def test_rebuild_removes_rows_of_nobody() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    learning.finish(seat, made.leaf)
    db.session.execute(sa.update(ActivityProgress).values(registration=made.leaf.public_id))

    rebuilding.rebuild(verify=False)

    assert db.session.scalars(sa.select(ActivityProgress.registration)).all() == [seat.registration]


def test_rebuild_of_more_than_one_piece_visits_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "AT_A_TIME", 2)
    made = courses.published_course_with_sco()
    for _ in range(5):
        learning.finish(courses.enrolment(made.course), made.leaf)

    outcome = rebuilding.rebuild(verify=True)

    assert (outcome.registrations, outcome.differences) == (5, [])
