"""Seats, launches and commits of several browsers at once: one of each, and nothing lost."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy.accounts.models import Person
from academy.courses import services
from academy.courses.models import ContentOrigin, Course, Enrolment, Launch
from academy.courses.runtime import launching, scorm_commits, sessions
from academy.courses.runtime.scorm_commits import Commit
from academy.db import db
from academy.progress import rebuilding
from tests.courses.runtime.conftest import Seat
from tests.factories import accounts, courses
from tests.races.conftest import Together

BROWSERS = 6


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_enrolling_at_once_gives_one_seat(app: Flask, together: Together) -> None:
    course, person = courses.course(), accounts.person()
    course_id, person_id = course.id, person.id

    def enrol() -> object:
        one = db.session.get_one(Course, course_id), db.session.get_one(Person, person_id)
        return services.enrol(one[0], person=one[1]).registration

    assert len(set(together(*[enrol] * BROWSERS))) == 1
    assert count(Enrolment) == 1


def test_opening_at_once_leaves_one_launch_active(seat: Callable[..., Seat], together: Together) -> None:
    learner = seat()
    enrolment_id, leaf_id = learner.enrolment.id, learner.leaves[0].id

    def open_launch() -> str:
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        leaf = enrolment.course.activities[0].children[0]
        assert leaf.id == leaf_id
        return launching.open_launch(enrolment, activity=leaf).label

    ends = together(*[open_launch] * BROWSERS)

    mine = sa.select(Launch).where(Launch.enrolment_id == enrolment_id)
    active = list(db.session.scalars(mine.where(Launch.superseded.is_(None))))
    assert (len(set(ends)), len(active)) == (1, 1), ends
    assert len(list(db.session.scalars(mine))) == BROWSERS
    assert len(learner.attempts()) == 1
    assert count(ContentOrigin) == 2  # the other learner's, and this one's


def test_a_commit_sent_twice_at_once_counts_once(seat: Callable[..., Seat], together: Together) -> None:
    learner = seat()
    public_id = learner.open().public_id
    data = {"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "2"}

    def commit() -> object:
        launch = scorm_commits.launch_of(public_id)
        return scorm_commits.accept(launch, Commit(seq=1, session=1, end="", close=False, data=data))

    ends = together(*[commit] * BROWSERS)

    assert {repr(end) for end in ends} == {"Answer(seq=1, state='open')"}
    assert learner.verbs() == ["initialized"]
    assert [attempt.sessions for attempt in learner.attempts()] == [1]


@pytest.mark.parametrize("turn", range(3))
def test_results_of_a_superseded_launch_and_of_its_successor_are_both_kept(
    seat: Callable[..., Seat], together: Together, turn: int
) -> None:
    learner = seat()
    old = learner.open()
    learner.commit(old, core__lesson_status="incomplete")
    new = learner.open()
    learner.commit(new)
    old_id, new_id = old.public_id, new.public_id

    def deliver() -> None:
        data = {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90"}
        commit = Commit(seq=9, session=1, end="", close=False, data=data)
        scorm_commits.accept(scorm_commits.launch_of(old_id), commit)

    def go_on() -> None:
        for seq in range(2, 6):
            data = {"cmi.core.lesson_location": str(seq), "cmi.core.lesson_status": "incomplete"}
            commit = Commit(seq=seq, session=1, end="", close=False, data=data)
            scorm_commits.accept(scorm_commits.launch_of(new_id), commit)
            db.session.commit()

    assert together(deliver, go_on) == [None, None]

    [attempt] = learner.attempts()
    assert (attempt.completion, attempt.success, attempt.score_raw) == ("completed", "passed", 90)
    assert attempt.data["cmi.core.lesson_location"] == "5"


def test_the_sweep_and_a_commit_that_comes_back_do_not_undo_each_other(
    seat: Callable[..., Seat], together: Together
) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, core__lesson_status="incomplete")
    launch.last_seen -= 2 * sessions.SILENCE
    public_id = launch.public_id

    def commit() -> None:
        for seq in range(2, 8):
            data = {"cmi.core.lesson_location": str(seq)}
            one = scorm_commits.launch_of(public_id)
            scorm_commits.accept(one, Commit(seq=seq, session=1, end="", close=False, data=data))
            db.session.commit()

    assert together(commit, sessions.close_abandoned) == [None, None]

    verbs = learner.verbs()
    assert verbs in (["initialized"], ["initialized", "suspended", "resumed"])
    assert verbs.count("resumed") == learner.attempts()[0].sessions - 1
    assert learner.attempts()[0].data["cmi.core.lesson_location"] == "7"
    assert rebuilding.rebuild(verify=True).differences == []
