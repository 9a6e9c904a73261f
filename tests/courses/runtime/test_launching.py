"""Opening content: which leaf, which attempt, which version, which language, and one launch at a time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from academy import clock
from academy.courses.models import Package
from academy.courses.runtime import launching, leaves
from academy.courses.runtime.launching import Locked, NothingToOpen
from academy.db import db
from academy.errors import NotAllowed
from tests.courses.runtime.conftest import Seat
from tests.factories import accounts, courses

MakeSeat = Callable[..., Seat]


def test_the_first_launch_begins_an_attempt_on_an_origin_of_its_own(seat: MakeSeat) -> None:
    learner, other = seat(), seat()
    launch, foreign = learner.open(), other.open()

    assert (launch.mode, launch.closed, launch.superseded) == ("normal", None, None)
    assert (launch.attempt.number, launch.attempt.data, launch.version) == (1, {}, learner.version)
    assert len(launch.label) == 32
    assert launch.label != foreign.label


def test_the_origin_stays_the_same_at_every_launch(seat: MakeSeat) -> None:
    learner = seat()

    assert learner.open().label == learner.open().label


def test_an_attempt_left_in_the_middle_goes_on(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first, core__lesson_status="incomplete", core__lesson_location="3", end="finish")
    again = learner.open()

    found = launching.data_at_launch(again)
    assert again.attempt is first.attempt
    assert (found["cmi.core.entry"], found["cmi.core.lesson_location"]) == ("resume", "3")


def test_what_was_finished_is_opened_again_as_it_was_left_in_a_new_attempt(seat: MakeSeat) -> None:
    learner = seat()
    learner.commit(
        learner.open(),
        core__lesson_status="passed",
        suspend_data="answers",
        core__session_time="00:01:00",
        end="finish",
    )
    again = learner.open()

    found = launching.data_at_launch(again)
    assert (again.attempt.number, again.attempt.success) == (2, "passed")
    assert [
        found[f"cmi.{name}"]
        for name in ("core.entry", "core.lesson_status", "suspend_data", "core.total_time")
    ] == ["", "passed", "answers", "0000:01:00.00"]


def test_one_who_failed_begins_anew(seat: MakeSeat) -> None:
    learner = seat(mastery="80")
    learner.commit(learner.open(), core__score__raw="10", suspend_data="wrong answers", end="finish")
    again = learner.open()

    found = launching.data_at_launch(again)
    assert (again.attempt.number, again.attempt.data) == (2, {})
    assert (found["cmi.core.entry"], found["cmi.core.lesson_status"]) == ("ab-initio", "not attempted")


def test_an_open_attempt_stays_on_its_version_and_a_new_one_takes_the_newest(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first, core__lesson_status="incomplete")
    newer = courses.package_version(learner.group)
    again = learner.open()
    learner.commit(again, core__lesson_status="completed", suspend_data="of the old one", end="finish")
    last = learner.open()

    assert (again.version, last.version) == (learner.version, newer)
    assert last.attempt.data == {}


def test_a_second_launch_takes_over_whatever_part_it_opens(seat: MakeSeat) -> None:
    learner, other = seat(scos=2), seat()
    untouched = other.open()
    first = learner.open(0)
    second = learner.open(1)

    assert (first.superseded is not None, first.closed is not None) == (True, True)
    assert (second.superseded, untouched.superseded) == (None, None)


def test_a_withdrawn_seat_opens_nothing(seat: MakeSeat) -> None:
    learner = seat()
    learner.enrolment.withdrawn = clock.now() - timedelta(days=1)

    with pytest.raises(NotAllowed):
        learner.open()


def test_a_locked_part_opens_once_its_prerequisite_is_met(seat: MakeSeat) -> None:
    learner = seat(scos=2)
    outline = dict(learner.version.outline)
    outline["items"][1]["prerequisites"] = learner.leaves[0].identifier
    learner.version.outline = outline
    leaves.forget_outlines()
    with pytest.raises(Locked):
        learner.open(1)
    learner.commit(learner.open(0), core__lesson_status="completed", end="finish")

    assert learner.open(1).activity is learner.leaves[1]


def test_the_package_activity_opens_where_the_learner_was(seat: MakeSeat) -> None:
    learner = seat(scos=3)
    assert launching.open_launch(learner.enrolment, activity=learner.group).activity is learner.leaves[0]
    learner.commit(learner.open(1), core__lesson_status="incomplete", end="leave")
    here = launching.open_launch(learner.enrolment, activity=learner.group)
    learner.commit(here, core__lesson_status="completed", end="finish")

    following = launching.open_launch(learner.enrolment, activity=learner.group)
    assert (here.activity, following.activity) == (learner.leaves[1], learner.leaves[0])


def test_languages_asked_for_then_used_before_then_the_persons_own(seat: MakeSeat) -> None:
    learner = seat()
    russian = courses.package_version(learner.group, language="ru")
    db.session.expire(learner.group)
    learner.enrolment.person.language = "ru"

    first = learner.open()
    asked = learner.open(language="en")
    after = learner.open()

    assert first.version is russian
    assert (asked.version, after.version) == (learner.version, learner.version)
    assert first.attempt is not asked.attempt


def test_an_activity_without_content_opens_nothing(seat: MakeSeat) -> None:
    learner = seat()
    empty = courses.activity(learner.group.course)

    with pytest.raises(NothingToOpen):
        launching.open_launch(learner.enrolment, activity=empty)


def test_a_preview_leaves_no_tracks(seat: MakeSeat) -> None:
    learner = seat()
    trainer = accounts.person(roles=("trainer",))
    launch = launching.open_preview(trainer, activity=learner.group)
    answer = learner.commit(launch, core__lesson_status="passed", end="finish", close=True)

    assert (launch.attempt, launch.enrolment, launch.mode, answer.seq) == (None, None, "browse", 1)
    assert launching.data_at_launch(launch)["cmi.core.credit"] == "no-credit"
    assert (learner.told(), learner.attempts()) == ([], [])


def test_a_review_shows_what_was_left_and_keeps_nothing(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first, core__lesson_status="incomplete", core__lesson_location="3")
    review = launching.open_review(learner.enrolment, activity=learner.leaves[0])
    learner.commit(review, core__lesson_location="9", core__lesson_status="passed", end="finish")

    found = launching.data_at_launch(review)
    assert (found["cmi.core.lesson_mode"], found["cmi.core.lesson_location"]) == ("review", "3")
    assert first.superseded is None
    assert learner.attempts()[0].success == "unknown"


def test_content_is_told_a_pseudonym_and_the_name_last_word_first(seat: MakeSeat) -> None:
    learner = seat(mastery="72.50")
    person = learner.enrolment.person
    person.name_latin, person.name_cyrillic = "Ana Maria Rusu", "Анна Мария Русу"
    found = launching.conditions(learner.open())

    assert (found.student_id, found.student_name) == (str(person.pseudonym.name), "Rusu, Ana Maria")
    assert found.mastery_score == "72.5"


def test_next_leaf_goes_on_then_to_what_is_left_then_to_the_first(seat: MakeSeat) -> None:
    learner = seat(scos=3)
    one, two, three = learner.leaves

    def following() -> object:
        return launching.next_leaf(learner.enrolment, learner.leaves)

    assert following() is one
    learner.commit(learner.open(1), core__lesson_status="incomplete", end="leave")
    assert following() is two
    for number in (1, 0):
        learner.commit(learner.open(number), core__lesson_status="completed", end="finish")
    assert following() is three
    learner.commit(learner.open(2), core__lesson_status="completed", end="finish")
    assert following() is one
    assert db.session.query(Package).count() == 1
