"""What progress puts into the pages of courses."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_login import login_user

from academy.courses.models import Enrolment
from academy.courses.queries import contents
from academy.db import db
from academy.progress import slots
from tests.factories import accounts, courses
from tests.factories import progress as learning
from tests.factories.progress import keep, session


@pytest.fixture
def request_of(app: Flask) -> Iterator[Any]:
    with app.test_request_context("/courses", method="POST"):  # so that the test may write
        yield login_user


def test_card_shows_the_status_of_the_reader_only(request_of: Any) -> None:
    reader = accounts.person()
    made = [courses.published_course_with_sco() for _ in range(4)]
    for place in range(3):
        learning.finish(courses.enrolment(made[place].course), made[place].leaf)  # noise
    learning.finish(courses.enrolment(made[0].course, person=reader), made[0].leaf)
    keep(*session(courses.enrolment(made[1].course, person=reader), made[1].leaf, completion=False))
    courses.enrolment(made[2].course, person=reader)
    request_of(reader)

    found = [slots.card(course=one.course) for one in made]

    assert ["Completed" in found[0], "In progress" in found[1], "not started" in found[2]] == [True] * 3
    assert found[3] == ""


def test_cards_of_a_page_share_one_query(request_of: Any) -> None:
    reader = accounts.person()
    made = [courses.published_course_with_sco() for _ in range(5)]
    for one in made:
        courses.enrolment(one.course, person=reader)
    request_of(reader)
    run: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *said: run.append(said[2]), named=False)

    for one in made:
        slots.card(course=one.course)

    assert len([text for text in run if "FROM enrolment" in text]) == 1


def test_card_of_nobody_is_empty(app: Flask) -> None:
    made = courses.published_course_with_sco()
    with app.test_request_context("/courses"):
        assert slots.card(course=made.course) == ""


def test_action_goes_on_where_the_reader_was(request_of: Any) -> None:
    reader = accounts.person()
    made = courses.published_course_with_sco()
    seat = courses.enrolment(made.course, person=reader)
    request_of(reader)

    def action(enrolment: Enrolment | None) -> str:
        found = contents.contents_of(contents.opened(made.course.code, by=reader))
        return slots.action(course=made.course, enrolment=enrolment, contents=found)

    before = action(seat)
    keep(*session(seat, made.leaf, completion=False))
    after = action(seat)

    assert ("Start" in before, "Continue" in before) == (True, False)
    assert ("Start" in after, "Continue" in after) == (False, True)
    assert f"/activities/{made.leaf.public_id}/launch" in after
    assert action(None) == ""
