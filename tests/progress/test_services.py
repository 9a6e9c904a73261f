"""Statements come in; the projection follows in the same transaction."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import jobs
from academy.courses.models import Enrolment
from academy.db import db
from academy.jobs import Job
from academy.progress import rows, services
from academy.progress.completion import CourseState
from academy.progress.models import StaleRegistration
from academy.progress.projection import CourseCompletion, LeafState
from academy.progress.signals import course_completed
from academy.xapi.models import Statement
from tests.factories import accounts, courses
from tests.factories import progress as learning
from tests.factories.progress import START, keep, result, session, statement

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def news() -> Iterator[list[CourseCompletion]]:
    heard: list[CourseCompletion] = []

    def hear(sender: Any, *, completion: CourseCompletion) -> None:
        heard.append(completion)

    with course_completed.connected_to(hear):
        yield heard


def standing(of: Enrolment) -> Any:
    return rows.standings(db.session.connection(), [of.registration]).get(of.registration)


def test_apply_folds_a_session_into_rows() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    learning.finish(courses.enrolment(made.course), made.leaf)  # noise: somebody else is done

    keep(*session(seat, made.leaf, completion=False, scaled=0.4))

    found = standing(seat)
    leaf = LeafState(
        completion="incomplete",
        score_scaled=0.4,
        score_raw=40.0,
        time_ms=600_000,
        sessions=1,
        started=START,
        last=START + timedelta(minutes=10),
    )
    assert found.leaves == {made.leaf.public_id: leaf}
    assert found.course == CourseState(
        release=1,
        completion="incomplete",
        success="unknown",
        score_scaled=0.4,
        done=0,
        leaves=1,
        time_ms=600_000,
        started=START,
        last=START + timedelta(minutes=10),
    )


def test_apply_announces_completion_once(news: list[CourseCompletion]) -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)

    learning.finish(seat, made.leaf)
    learning.finish(seat, made.leaf, at=60)

    expected = CourseCompletion(
        seat.registration, made.course.id, seat.person_id, START + timedelta(minutes=10)
    )
    assert news == [expected]


def test_apply_ignores_what_is_not_of_the_course_or_not_ours() -> None:
    made, other = courses.published_course_with_sco(), courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    done = result(completion=True, success=True)
    stranger = {"objectType": "Agent", "account": {"homePage": "http://localhost:5000", "name": "key"}}

    keep(statement(seat, other.leaf, "passed", result=done))
    keep(statement(seat, made.leaf, "passed", result=done), authority=stranger)
    foreign = statement(seat, made.leaf, "passed", result=done)
    foreign["context"] = {"registration": "00000000-0000-4000-8000-000000000000"}
    keep(foreign)

    assert standing(seat) is None


def test_apply_of_a_voiding_statement_takes_the_result_back(news: list[CourseCompletion]) -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    opening, ending = session(seat, made.leaf, completion=True, success=True, scaled=0.9)
    keep(opening, ending)

    keep(voiding(seat, ending["id"]))

    found = standing(seat)
    assert found.leaves[made.leaf.public_id] == LeafState(
        completion="incomplete", sessions=1, started=START, last=START
    )
    assert (found.course.completion, found.course.completed) == ("incomplete", None)
    assert len(news) == 1


def test_apply_of_a_statement_voided_beforehand_changes_nothing() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    passed = statement(seat, made.leaf, "passed", result=result(completion=True, success=True))
    keep(voiding(seat, passed["id"]))

    keep(passed)

    assert standing(seat) is None


def test_apply_takes_a_fixed_number_of_queries(statements_run: list[str]) -> None:
    made = courses.published_course_with_sco()
    seats = [courses.enrolment(made.course) for _ in range(40)]
    counts = []
    for batch in (seats[:1], seats[1:]):
        stored = [one for seat in batch for one in session(seat, made.leaf, completion=True)]
        statements_run.clear()
        keep(*stored)
        counts.append(sum("progress" in one or "enrolment" in one for one in statements_run))

    assert counts[0] == counts[1]


def test_apply_failure_keeps_the_statements_and_queues_the_mending(
    monkeypatch: pytest.MonkeyPatch, news: list[CourseCompletion]
) -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    with monkeypatch.context() as broken:
        broken.setattr(rows, "save", fail)
        learning.finish(seat, made.leaf)
    db.session.commit()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 2
    assert standing(seat) is None
    stale = db.session.scalars(sa.select(StaleRegistration)).all()
    assert [(one.registration, one.fault) for one in stale] == [(seat.registration, "RuntimeError: broken")]
    queued = db.session.scalars(sa.select(Job)).all()
    assert [(job.kind, job.payload) for job in queued] == [
        ("progress.rebuild", {"registration": str(seat.registration)})
    ]

    jobs.run_due()

    assert standing(seat).course.completion == "completed"
    assert [one.registration for one in news] == [seat.registration]
    assert db.session.scalars(sa.select(StaleRegistration)).all() == []


def test_apply_failure_of_a_listener_takes_the_rows_back_with_it() -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)

    with course_completed.connected_to(fail):
        learning.finish(seat, made.leaf)

    assert standing(seat) is None  # else nobody would ever hear of the completion
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StaleRegistration)) == 1


def test_mend_of_what_is_well_changes_and_announces_nothing(news: list[CourseCompletion]) -> None:
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course)
    learning.finish(seat, made.leaf)
    before = standing(seat)
    news.clear()

    services.mend(db.session.connection(), seat.registration)

    assert standing(seat) == before
    assert news == []


def test_apply_judges_each_statement_by_the_release_of_its_time() -> None:
    made = courses.published_course_with_sco()
    early, late = courses.enrolment(made.course), courses.enrolment(made.course)
    second = courses.leaf(made.activity)
    learning.finish(early, made.leaf)
    courses.release(made.course, [made.leaf, second])

    learning.finish(late, made.leaf)
    keep(statement(early, second, "initialized", at=90))

    assert (standing(early).course.completion, standing(early).course.done) == ("completed", 1)
    assert (standing(late).course.completion, standing(late).course.leaves) == ("incomplete", 2)
    assert replace(standing(early).course, completed=None) != standing(early).course


def fail(*args: object, **values: object) -> None:
    raise RuntimeError("broken")


def voiding(of: Enrolment, target: str) -> dict[str, Any]:
    made = statement(of, courses.leaf(), "voided", object={"objectType": "StatementRef", "id": target})
    del made["context"]
    return made


@pytest.fixture
def statements_run(app: Flask) -> Iterator[list[str]]:
    run: list[str] = []

    def note(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        run.append(text)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield run
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_person_without_any_statement_has_no_rows() -> None:
    assert standing(courses.enrolment(person=accounts.person())) is None
