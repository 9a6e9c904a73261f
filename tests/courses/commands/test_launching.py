"""The command that opens content without a sign-in."""

import json

import pytest
from flask import Flask

from academy.audit import AuditEntry
from academy.courses.models import Launch
from academy.db import db
from tests.factories import courses


def _run(app: Flask, *arguments: str) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["courses", "launch-url", *arguments])
    db.session.expire_all()
    return result.exit_code, result.output


def test_launch_url_prints_an_address_that_opens(app: Flask) -> None:
    published = courses.published_course_with_sco()
    enrolment = courses.enrolment(published.course)
    courses.enrolment(published.course)
    code, output = _run(
        app, "--course", published.course.code, "--email", enrolment.person.email.upper(), "--json"
    )

    told = json.loads(output)
    launch = db.session.query(Launch).one()
    place, _, _ticket = told["url"].partition("?ticket=")
    assert (code, told["session"], told["registration"]) == (
        0,
        str(launch.public_id),
        str(enrolment.registration),
    )
    assert place == f"http://localhost:5000/play/{launch.public_id}/open"
    assert app.test_client().get(told["url"].removeprefix("http://localhost:5000")).status_code == 303
    assert [entry.act for entry in db.session.query(AuditEntry)] == ["courses.launch"]


@pytest.mark.parametrize(
    ("mode", "kept", "tracks"),
    [("Normal", "normal", True), ("browse", "browse", False), ("Review", "browse", False)],
)
def test_modes(app: Flask, mode: str, kept: str, tracks: bool) -> None:
    published = courses.published_course_with_sco()
    enrolment = courses.enrolment(published.course)
    code, _ = _run(app, "--course", published.course.code, "--email", enrolment.person.email, "--mode", mode)

    launch = db.session.query(Launch).one()
    assert (code, launch.mode, launch.attempt_id is not None) == (0, kept, tracks)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"--email": "nobody@example.org"}, 1),
        ({"--course": "NOTHING"}, 1),
        ({"--activity": "2"}, 1),
        ({"--registration": "01a20be9-0832-700f-84c8-9210d74f0e9a"}, 1),
        ({"--activity": "0"}, 2),
        ({"--mode": "Fast"}, 2),
        ({"--registration": "x"}, 2),
    ],
)
def test_refusals_open_nothing(app: Flask, changed: dict[str, str], code: int) -> None:
    published = courses.published_course_with_sco()
    enrolment = courses.enrolment(published.course)
    given = {"--course": published.course.code, "--email": enrolment.person.email, "--activity": "1"}
    arguments = [part for pair in (given | changed).items() for part in pair]

    assert _run(app, *arguments)[0] == code
    assert db.session.query(Launch).count() == 0
