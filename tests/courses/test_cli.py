import json
from uuid import UUID

import pytest
import sqlalchemy as sa

from academy.courses.models import Course, Enrolment
from academy.db import db
from tests.factories import accounts, courses


@pytest.fixture
def run(app):
    def invoke(*arguments):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["courses", *arguments])

    return invoke


def created(run, *more):
    return run("create", "--code", "IBM-1", "--title-en", "Borders", "--title-ru", "Границы", *more)


def test_create_makes_a_published_course(run):
    result = created(run)

    course = db.session.scalar(sa.select(Course))
    assert (result.exit_code, result.output) == (0, "IBM-1\n")
    assert (course.title, course.status) == ({"en": "Borders", "ru": "Границы"}, "published")


def test_create_a_draft(run):
    created(run, "--draft")

    assert db.session.scalar(sa.select(Course.status)) == "draft"


def test_create_twice_exits_1_with_the_reason(run):
    created(run)

    result = created(run)

    assert result.exit_code == 1
    assert "Another course has this code already." in result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Course)) == 1


def test_create_without_a_title_exits_2(run):
    assert run("create", "--code", "X1", "--title-en", "Borders").exit_code == 2


def test_list_prints_json(run):
    course = courses.course(code="B-1", title={"en": "Title"}, status="draft")
    courses.enrolment(course)

    result = run("list", "--json")

    assert json.loads(result.output) == [
        {"code": "B-1", "status": "draft", "title_en": "Title", "title_ru": "", "people": 1}
    ]


def test_list_of_no_courses_says_so(run):
    assert run("list").output == "There are no courses.\n"


def test_enrol_prints_the_registration_and_again_the_same(run):
    course, person = courses.course(), accounts.person(email="officer@example.org")
    accounts.person()

    first = run("enrol", "--course", course.code, "--email", "Officer@Example.org")
    second = run("enrol", "--course", course.code, "--email", "officer@example.org")

    seat = db.session.scalar(sa.select(Enrolment))
    assert UUID(first.output.strip()) == seat.registration
    assert second.output == first.output
    assert seat.person == person


@pytest.mark.parametrize(
    ("code", "email"), [("NONE", "officer@example.org"), ("KNOWN", "nobody@example.org")]
)
def test_enrol_of_somebody_or_into_something_unknown_exits_1(run, code, email):
    courses.course(code="KNOWN")
    accounts.person(email="officer@example.org")

    result = run("enrol", "--course", code, "--email", email)

    assert (result.exit_code, result.stdout) == (1, "")


def test_the_group_has_the_commands_of_the_contract(run):
    output = run("--help").output

    assert all(name in output for name in ("create", "list", "enrol", "launch-url"))
