"""The commands of progress."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import jobs
from academy.db import db
from academy.progress.models import CourseProgress
from tests.factories import accounts, courses
from tests.factories import progress as learning


@pytest.fixture
def learner_course(app: Flask) -> tuple[str, str]:
    person = accounts.person(email="elena@example.org")
    made = courses.published_course_with_sco(code="BORDER-1")
    second = courses.leaf(made.activity, title={"en": "Second"})
    courses.release(made.course, [second, made.leaf])
    seat = courses.enrolment(made.course, person=person)
    learning.finish(seat, made.leaf, scaled=0.75)
    learning.finish(courses.enrolment(made.course), second)  # noise
    db.session.commit()
    return "BORDER-1", str(made.leaf.title["en"])


def show(app: Flask, *arguments: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["progress", "show", *arguments])
    return answer.exit_code, answer.output


def test_show_json_lists_parts_in_the_order_of_the_course(
    app: Flask, learner_course: tuple[str, str]
) -> None:
    code, title = learner_course

    exit_code, output = show(app, "--course", code, "--email", "elena@example.org", "--json")

    found = json.loads(output)
    assert exit_code == 0
    contract = ("course", "completion", "success", "score_scaled", "time_ms", "certificate")
    assert {name: found[name] for name in contract} == {
        "course": "BORDER-1",
        "completion": "incomplete",
        "success": "unknown",
        "score_scaled": 0.75,
        "time_ms": 600_000,
        "certificate": None,
    }
    wanted = ("title", "kind", "completion", "success", "score_scaled", "time_ms")
    assert [{name: part[name] for name in wanted} for part in found["activities"]] == [
        dict(zip(wanted, ("Second", "sco", "not attempted", "unknown", None, 0), strict=True)),
        dict(zip(wanted, (title, "sco", "completed", "passed", 0.75, 600_000), strict=True)),
    ]


def test_show_names_the_certificate(app: Flask) -> None:
    person = accounts.person(email="elena@example.org")
    made = courses.published_course_with_sco(code="BORDER-1")
    learning.finish(courses.enrolment(made.course, person=person), made.leaf)
    db.session.commit()
    jobs.run_due()

    _code, output = show(app, "--course", "BORDER-1", "--email", "elena@example.org", "--json")

    assert json.loads(output)["certificate"].startswith("PPTA-")


@pytest.mark.parametrize(
    ("code", "email"),
    [("BORDER-1", "nobody@example.org"), ("BORDER-1", "other@example.org"), ("NONE", "elena@example.org")],
)
def test_show_of_what_is_not_there_exits_1(
    app: Flask, learner_course: tuple[str, str], code: str, email: str
) -> None:
    accounts.person(email="other@example.org")
    db.session.commit()

    assert show(app, "--course", code, "--email", email)[0] == 1


def test_show_as_table_names_every_part(app: Flask, learner_course: tuple[str, str]) -> None:
    _code, output = show(app, "--course", "BORDER-1", "--email", "elena@example.org")

    assert "1. Second" in output
    assert "incomplete" in output


def test_rebuild_verify_exits_0_where_all_is_well_and_1_with_the_differences(
    app: Flask, learner_course: tuple[str, str]
) -> None:
    runner = app.test_cli_runner()
    well = runner.invoke(args=["progress", "rebuild", "--verify"])
    db.session.execute(sa.update(CourseProgress).values(done=7))
    db.session.commit()

    wrong = runner.invoke(args=["progress", "rebuild", "--verify"])
    mended = runner.invoke(args=["progress", "rebuild"])
    again = runner.invoke(args=["progress", "rebuild", "--verify"])

    assert (well.exit_code, wrong.exit_code, mended.exit_code, again.exit_code) == (0, 1, 0, 0)
    assert "done is 7, replayed 1" in wrong.output
    assert "2 registrations, 0 differences" in again.output
