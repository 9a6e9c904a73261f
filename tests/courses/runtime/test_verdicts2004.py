"""What the data of a SCORM 2004 SCO amounts to, whatever content says beside the rules."""

import pytest

from academy.courses.runtime import verdicts2004
from academy.courses.runtime.results import Result
from academy.courses.sequencing.definition import Definition, Objective, Sequencing
from academy.courses.sequencing.navigation import Request
from academy.courses.sequencing.results import Report

PLAIN = Definition("a")
BY_MEASURE = Definition(
    "a",
    sequencing=Sequencing(objectives=(Objective(by_measure=True, least_measure=0.8),), duration_limit="PT1H"),
    completed_by_measure=True,
    least_progress=0.5,
)


@pytest.mark.parametrize(
    ("data", "told", "expected"),
    [
        ({}, PLAIN, Result()),
        (
            {"cmi.completion_status": "completed", "cmi.success_status": "failed", "cmi.score.scaled": "0.4"},
            PLAIN,
            Result("completed", "failed", 0.4),
        ),
        ({"cmi.completion_status": "not attempted"}, PLAIN, Result("incomplete")),
        ({"cmi.success_status": "passed", "cmi.completion_status": "completed"}, BY_MEASURE, Result()),
        (
            {"cmi.success_status": "passed", "cmi.score.scaled": "0.79", "cmi.progress_measure": "0.5"},
            BY_MEASURE,
            Result("completed", "failed", 0.79),
        ),
        (
            {"cmi.score.scaled": "0.8", "cmi.progress_measure": "0.4"},
            BY_MEASURE,
            Result("incomplete", "passed", 0.8),
        ),
    ],
)
def test_thresholds_decide_where_there_are_some(data, told, expected):
    assert verdicts2004.result_of(data, told) == expected


def test_the_engine_hears_what_was_written_and_what_was_made_unknown():
    written = {
        "cmi.exit": "suspend",
        "cmi.success_status": "unknown",
        "cmi.score.scaled": "-0.5",
        "cmi.objectives.0.id": "goal",
        "cmi.objectives.0.success_status": "passed",
        "cmi.objectives.0.progress_measure": "0.25",
        "cmi.objectives.1.success_status": "passed",
        "cmi.suspend_data": "x",
    }

    assert verdicts2004.report_of(written) == Report(
        {"satisfied": None, "measure": -0.5},
        {"goal": {"satisfied": True, "progress": 0.25}},
        suspends=True,
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({}, None),
        ({"adl.nav.request": "_none_"}, None),
        ({"adl.nav.request": "continue"}, Request("continue")),
        ({"adl.nav.request": "{target= a  b }choice"}, Request("choice", "a b")),
        ({"adl.nav.request": "{target=x}jump"}, Request("jump", "x")),
        ({"adl.nav.request": "start"}, None),
        ({"adl.nav.request": "{target=x}dance"}, None),
        ({"cmi.exit": "time-out", "adl.nav.request": "continue"}, Request("exitAll")),
        ({"cmi.exit": "logout"}, Request("exitAll")),
        ({"cmi.exit": "suspend"}, None),
    ],
)
def test_where_content_wants_to_go(written, expected):
    assert verdicts2004.request_of(written) == expected


def test_what_content_reads_of_thresholds_and_objectives():
    assert verdicts2004.facts_of(PLAIN) == {
        "completion_threshold": None,
        "scaled_passing_score": None,
        "max_time_allowed": None,
    }
    assert verdicts2004.facts_of(BY_MEASURE) == {
        "completion_threshold": "0.5",
        "scaled_passing_score": "0.8",
        "max_time_allowed": "PT1H",
    }
    assert verdicts2004.written_out(
        {"satisfied": False, "completion": True, "measure": 0.1, "raw": 12.0, "progress": None}
    ) == {
        "success_status": "failed",
        "completion_status": "completed",
        "score.scaled": "0.1",
        "score.raw": "12",
    }
