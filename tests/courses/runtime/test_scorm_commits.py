"""Accepting commits: once each, honest, and what a superseded launch may still do."""

import json
from collections.abc import Callable

import pytest

from academy.courses.runtime import scorm_commits
from academy.courses.runtime.scorm_commits import Answer, Commit, Unreadable
from academy.db import db, iri_base
from academy.errors import TooLarge
from academy.xapi import profile, queries
from tests.courses.runtime.conftest import Seat
from tests.xapi import templates

MakeSeat = Callable[..., Seat]


def test_a_commit_is_kept_and_told(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()

    answer = learner.commit(launch, core__lesson_status="incomplete", core__lesson_location="page-2")

    [attempt] = learner.attempts()
    assert answer == Answer(seq=1, state="open")
    assert attempt.data == {"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "page-2"}
    assert (attempt.completion, attempt.success, attempt.sessions) == ("incomplete", "unknown", 1)
    assert learner.verbs() == ["initialized"]


@pytest.mark.parametrize("seq", [1, 2, 5])
def test_a_commit_repeated_or_out_of_order_has_no_effect_and_is_acknowledged(
    seat: MakeSeat, seq: int
) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, seq=5, core__lesson_location="page-5")

    answer = learner.commit(launch, seq=seq, core__lesson_location="page-1", core__lesson_status="passed")

    [attempt] = learner.attempts()
    assert answer == Answer(seq=5, state="open")
    assert attempt.data == {"cmi.core.lesson_location": "page-5"}
    assert learner.verbs() == ["initialized"]


def test_what_is_told_follows_the_published_profile(seat: MakeSeat) -> None:
    learner = seat(mastery="80")
    launch = learner.open()
    first = {"id": "q 1", "type": "choice", "student_response": "a", "result": "wrong"}
    learner.commit(launch, **{f"interactions__0__{name}": text for name, text in first.items()})
    learner.commit(launch, core__lesson_status="failed", core__exit="suspend", end="finish")
    learner.commit(launch, core__score__raw="90", core__lesson_status="completed", session=2)
    learner.commit(launch, core__session_time="00:10:00", session=2, end="finish")
    document = profile.document(iri_base())

    told = [row.statement for row in queries.all_rows(db.session.connection())]
    assert {one["verb"]["id"] for one in told} >= {template["verb"] for template in document["templates"]}
    assert [templates.faults(one, document) for one in told] == [[]] * len(told)


def test_a_whole_session_passes_once(seat: MakeSeat) -> None:
    learner = seat(mastery="80")
    launch = learner.open()
    learner.commit(launch)
    learner.commit(launch, core__score__raw="85", core__lesson_status="completed")
    learner.commit(launch, core__session_time="00:10:00", end="finish")
    answer = learner.commit(launch, close=True)

    [attempt] = learner.attempts()
    assert answer == Answer(seq=4, state="closed")
    assert attempt.data["cmi.core.lesson_status"] == "passed"
    assert (attempt.completion, attempt.success, attempt.score_raw) == ("completed", "passed", 85)
    assert (attempt.total_time_ms, attempt.ended is not None) == (600_000, True)
    assert learner.verbs() == ["initialized", "scored", "completed", "passed", "terminated"]
    assert learner.told()[-1][1] == {
        "duration": "PT10M",
        "success": True,
        "completion": True,
        "score": {"raw": 85, "scaled": 0.85},
    }


def test_raw_failed_is_kept(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, core__lesson_status="failed", core__score__raw="20", end="finish")

    [attempt] = learner.attempts()
    assert attempt.data["cmi.core.lesson_status"] == "failed"
    assert (attempt.completion, attempt.success) == ("unknown", "failed")
    assert learner.verbs() == ["initialized", "scored", "failed", "terminated"]


def test_a_pass_is_not_lost_by_content_entered_again(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first, core__lesson_status="passed", core__score__raw="90", end="finish", close=True)
    again = learner.open()
    learner.commit(again, core__lesson_status="incomplete", core__score__raw="10")
    learner.commit(again, end="finish")

    _, attempt = learner.attempts()
    assert attempt.data["cmi.core.lesson_status"] == "incomplete"
    assert (attempt.completion, attempt.success, attempt.score_raw) == ("completed", "passed", 90)
    last = learner.told()[-1]
    assert (last[0], last[1]["success"], last[1]["completion"]) == ("suspended", True, True)
    assert learner.verbs().count("failed") == 0


def test_what_a_superseded_launch_delivers_counts_as_result_but_not_as_bookmark(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first, core__lesson_location="page-1")
    second = learner.open()
    learner.commit(second, core__lesson_location="page-9")

    answer = learner.commit(
        first,
        core__lesson_location="page-2",
        core__lesson_status="passed",
        core__score__raw="70",
        end="finish",
    )

    [attempt] = learner.attempts()
    assert answer == Answer(seq=2, state="superseded")
    assert attempt.data["cmi.core.lesson_location"] == "page-9"
    assert (attempt.completion, attempt.success, attempt.score_raw) == ("completed", "passed", 70)
    assert learner.verbs() == ["initialized", "suspended", "resumed", "scored", "completed", "passed"]


def test_a_superseded_launch_cannot_take_a_pass_away(seat: MakeSeat) -> None:
    learner = seat()
    first = learner.open()
    learner.commit(first)
    second = learner.open()
    learner.commit(second, core__lesson_status="passed", core__score__raw="80")

    learner.commit(first, core__lesson_status="failed", core__score__raw="5", end="finish")

    [attempt] = learner.attempts()
    assert (attempt.success, attempt.score_raw) == ("passed", 80)
    assert "failed" not in learner.verbs()


def test_a_reload_ends_the_session_and_begins_another(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, session=1, core__lesson_status="incomplete", core__session_time="00:00:05")
    learner.commit(launch, session=2, core__session_time="00:00:07")
    learner.commit(launch, session=2, end="leave", close=True)

    assert [(verb, (result or {}).get("duration")) for verb, result in learner.told()] == [
        ("initialized", None),
        ("suspended", "PT5S"),
        ("resumed", None),
        ("suspended", "PT7S"),
    ]
    assert learner.attempts()[0].total_time_ms == 12_000


@pytest.mark.parametrize("seq", [5, 11])
def test_a_page_whose_launch_was_opened_in_another_tab_is_told_and_its_result_counts(
    seat: MakeSeat, seq: int
) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, seq=10, session=10, core__lesson_location="new")

    late = {"core__lesson_location": "old", "core__lesson_status": "completed"}
    answers = [learner.commit(launch, seq=seq, session=3, **late) for _ in range(2)]

    [attempt] = learner.attempts()
    assert answers == [Answer(seq=seq, state="superseded")] * 2
    assert attempt.data["cmi.core.lesson_location"] == "new"
    assert (attempt.completion, launch.in_session, launch.seq) == ("completed", True, 10)
    assert learner.verbs() == ["initialized", "completed"]


def test_closing_after_the_finish_opens_no_new_session(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, end="finish", core__lesson_status="completed")
    learner.commit(launch, close=True)

    assert learner.verbs() == ["initialized", "completed", "terminated"]
    assert launch.closed is not None


def test_a_page_without_a_script_is_complete_at_first_contact(seat: MakeSeat) -> None:
    learner = seat(kind="asset")
    launch = learner.open()
    learner.commit(launch)
    learner.commit(launch, end="leave", close=True)

    assert learner.verbs() == ["initialized", "completed", "terminated"]


def test_content_that_never_answers_leaves_no_statement(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(launch, session=0, close=True)

    assert learner.told() == []
    assert launch.closed is not None


def test_silence_until_the_finish_completes_but_leaving_does_not(seat: MakeSeat) -> None:
    finished, left = seat(), seat()
    finished.commit(finished.open(), end="finish")
    left.commit(left.open(), end="leave")

    assert finished.verbs() == ["initialized", "completed", "terminated"]
    assert left.verbs() == ["initialized", "suspended"]


def test_halves_of_characters_and_nul_are_kept_for_content_and_harm_no_statement(seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    learner.commit(
        launch,
        suspend_data="\ud800\0x",
        interactions__0__id="q\ud800",
        interactions__0__student_response="a\0\udc00",
    )

    assert learner.attempts()[0].data["cmi.suspend_data"] == "\ud800\0x"
    assert learner.told()[-1] == ("responded", {"response": "a?"})


def _body(**fields: object) -> bytes:
    return json.dumps({"token": "t", "seq": 3, "session": 1, "data": {}} | fields).encode()


def test_read_takes_what_counts() -> None:
    body = _body(
        end="finish", close=True, data={"cmi.core.lesson_location": "3", "cmi.core.student_id": "me"}
    )

    assert scorm_commits.read(body) == (
        "t",
        Commit(seq=3, session=1, end="finish", close=True, data={"cmi.core.lesson_location": "3"}),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        _body(token=5),
        _body(seq="3"),
        _body(seq=-1),
        _body(seq=True),
        _body(seq=2**53),
        _body(session=None),
        _body(end="never"),
        _body(end=[]),
        _body(data=[]),
    ],
)
def test_read_refuses_what_is_no_commit(body: bytes) -> None:
    with pytest.raises(Unreadable):
        scorm_commits.read(body)


def test_read_refuses_more_than_two_megabytes() -> None:
    with pytest.raises(TooLarge):
        scorm_commits.read(b" " * (scorm_commits.LARGEST + 1))
