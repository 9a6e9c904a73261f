"""The end of sessions that content does not end itself, and total time added once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from academy.courses.runtime import sessions
from academy.courses.runtime.results import End
from academy.courses.runtime.sessions import Track
from academy.db import db
from tests.courses.runtime.conftest import Seat

MakeSeat = Callable[..., Seat]
Move = Callable[[float], None]


def test_a_launch_silent_for_half_an_hour_is_closed(seat: MakeSeat, at: Move) -> None:
    learner, busy = seat(), seat()
    at(0)
    launch = learner.open()
    learner.commit(launch, core__lesson_status="incomplete", core__session_time="00:03:00")
    at(20)
    other = busy.open()
    busy.commit(other)
    at(31)

    sessions.close_abandoned()

    assert learner.verbs() == ["initialized", "suspended"]
    assert (launch.in_session, launch.closed is not None) == (False, True)
    assert learner.attempts()[0].total_time_ms == 180_000
    assert (other.closed, busy.verbs()) == (None, ["initialized"])


def test_closing_twice_adds_nothing(seat: MakeSeat, at: Move) -> None:
    learner = seat()
    at(0)
    learner.commit(learner.open(), core__session_time="00:03:00")
    at(31)
    sessions.close_abandoned()
    sessions.close_abandoned()

    assert learner.verbs() == ["initialized", "suspended"]
    assert learner.attempts()[0].total_time_ms == 180_000


def test_content_that_wakes_after_the_sweep_goes_on_and_its_time_is_added_once(
    seat: MakeSeat, at: Move
) -> None:
    learner = seat()
    at(0)
    launch = learner.open()
    learner.commit(launch, core__session_time="00:03:00")
    at(31)
    sessions.close_abandoned()
    at(40)
    learner.commit(launch, core__session_time="00:05:00", core__lesson_location="later")
    learner.commit(launch, end="finish", core__lesson_status="completed")

    assert [(verb, (result or {}).get("duration")) for verb, result in learner.told()] == [
        ("initialized", None),
        ("suspended", "PT3M"),
        ("resumed", None),
        ("completed", None),
        ("terminated", "PT2M"),
    ]
    assert learner.attempts()[0].total_time_ms == 300_000


@pytest.mark.parametrize(("minutes", "measured"), [(7, 420_000), (600, sessions.LONGEST_MEASURED_MS)])
def test_time_is_measured_where_content_tells_none(
    seat: MakeSeat, at: Move, minutes: float, measured: int
) -> None:
    learner = seat()
    at(0)
    launch = learner.open()
    learner.commit(launch)
    at(minutes)
    learner.commit(launch, end="leave")

    assert learner.attempts()[0].total_time_ms == measured


def test_a_shorter_time_told_later_takes_nothing_away(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, core__session_time="00:03:00", end="finish", core__lesson_status="incomplete")
    learner.commit(launch, core__session_time="00:01:00")
    learner.commit(launch, end="finish")

    assert learner.attempts()[0].total_time_ms == 180_000


def test_another_launch_ends_the_session_before(seat: MakeSeat, at: Move) -> None:
    learner = seat(scos=2)
    at(0)
    first = learner.open(0)
    learner.commit(first, core__lesson_status="completed", core__session_time="00:00:30")
    at(1)
    learner.open(1)

    assert learner.verbs() == ["initialized", "completed", "terminated"]
    assert first.superseded is not None
    assert learner.attempts()[0].total_time_ms == 30_000


def test_one_launch_that_cannot_be_closed_keeps_no_other_open(
    seat: MakeSeat, at: Move, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, learner = seat(), seat()
    at(0)
    for one in (broken, learner):
        one.commit(one.open())
    db.session.commit()  # which what fails does not take back
    finish = sessions.finish

    def failing(track: Track, *, end: End) -> None:
        if track.attempt.enrolment_id == broken.enrolment.id:
            raise RuntimeError("broken")
        finish(track, end=end)

    monkeypatch.setattr(sessions, "finish", failing)
    at(31)
    sessions.close_abandoned()

    assert (broken.verbs(), learner.verbs()) == (["initialized"], ["initialized", "suspended"])
    assert "could not be closed" in caplog.text


def test_a_preview_is_closed_without_a_trace(seat: MakeSeat, at: Move) -> None:
    learner = seat()
    at(0)
    launch = learner.open()
    launch.attempt = launch.enrolment = None
    launch.mode = "browse"
    at(31)

    sessions.close_abandoned()

    assert launch.closed is not None
    assert learner.told() == []
    assert timedelta(minutes=30) == sessions.SILENCE
