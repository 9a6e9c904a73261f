"""A launch goes on while its person may learn and the session that opened it lasts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from academy.accounts import sessions
from academy.accounts.models import Person, PersonSession
from academy.courses.models import Launch
from academy.courses.runtime import standing, tokens
from academy.courses.runtime.tokens import Bearer
from academy.db import db
from tests.courses.runtime.conftest import Seat

MakeSeat = Callable[..., Seat]
At = Callable[[float], None]
SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def learner(seat: MakeSeat) -> Seat:
    return seat()


def opened(learner: Seat, *, shared: bool = False) -> tuple[Launch, PersonSession]:
    """Open a part within a session of the learner."""
    mine, _ = sessions.begin(learner.enrolment.person, shared=shared)
    launch = learner.open()
    launch.opened_in_id = mine.id
    db.session.flush()
    return launch, mine


def call(client: FlaskClient, launch: Launch, path: str, **options: Any) -> Any:
    return client.open(path, base_url=f"http://{launch.label}.localhost:5000", **options)


def commit(client: FlaskClient, launch: Launch, place: str, seq: int = 5) -> Any:
    token = tokens.commit_token(Bearer(launch.public_id, launch.label))
    data = {"cmi.core.lesson_location": place}
    body = {"token": token, "seq": seq, "session": 1, "end": "", "data": data}
    return call(client, launch, "/_api/commit", method="POST", json=body)


def ask(client: FlaskClient, launch: Launch) -> Any:
    token = tokens.commit_token(Bearer(launch.public_id, launch.label))
    headers = {"Authorization": f"Bearer {token}"}
    return call(client, launch, "/_api/state", method="POST", headers=headers).json


def test_a_launch_is_bound_to_the_session_that_opens_it(learner: Seat, sign_in: SignIn) -> None:
    browser = sign_in(learner.enrolment.person)
    code, leaf = learner.enrolment.course.code, learner.leaves[0].public_id

    browser.post(f"/courses/{code}/activities/{leaf}/launch")

    launch = db.session.query(Launch).order_by(Launch.id.desc()).first()
    assert launch is not None
    assert launch.opened_in is not None
    assert launch.opened_in.person_id == learner.enrolment.person_id


def test_a_launch_without_a_session_lasts(learner: Seat, client: FlaskClient) -> None:
    launch = learner.open()

    assert launch.opened_in_id is None
    assert standing.of(launch.public_id) == "lasts"
    assert commit(client, launch, "page-1").json["state"] == "open"


def test_what_is_under_way_at_signing_out_counts_and_the_player_is_told(
    learner: Seat, client: FlaskClient, at: At
) -> None:
    launch, mine = opened(learner)
    assert commit(client, launch, "page-1").json["state"] == "open"
    at(10)
    sessions.end(mine)

    at(11)
    late = commit(client, launch, "page-2", seq=6)

    assert (late.status_code, late.json["state"]) == (200, "signed-out")
    assert learner.attempts()[0].data["cmi.core.lesson_location"] == "page-2"
    assert ask(client, launch) == {"state": "signed-out"}  # and no new token


def test_later_nothing_is_saved_for_who_signed_out(learner: Seat, client: FlaskClient, at: At) -> None:
    launch, mine = opened(learner)
    commit(client, launch, "page-1")
    sessions.end(mine)

    at(2.5)
    late = commit(client, launch, "page-2", seq=6)

    assert (late.status_code, late.json["error"]) == (403, "signed-out")
    db.session.expire_all()
    assert learner.attempts()[0].data["cmi.core.lesson_location"] == "page-1"


def test_an_idle_session_ends_its_launches(learner: Seat, client: FlaskClient, at: At) -> None:
    launch, _mine = opened(learner, shared=True)

    at(14)
    assert ask(client, launch)["state"] == "open"
    at(16)
    assert ask(client, launch) == {"state": "signed-out"}
    at(18)
    assert commit(client, launch, "page-2").status_code == 403


def test_saving_alone_does_not_keep_a_session(learner: Seat, client: FlaskClient, at: At) -> None:
    launch, _mine = opened(learner, shared=True)

    for minutes in range(5, 15, 5):
        at(minutes)
        commit(client, launch, f"page-{minutes}", seq=minutes)

    at(15.1)
    assert standing.of(launch.public_id) == "ends"


@pytest.mark.parametrize("by_ticket", [True, False])
def test_a_closed_account_ends_its_launches_at_once(
    learner: Seat, client: FlaskClient, by_ticket: bool
) -> None:
    launch = learner.open() if by_ticket else opened(learner)[0]
    ticket = tokens.ticket(launch.public_id)
    page = tokens.page_token(Bearer(launch.public_id, launch.label))

    learner.enrolment.person.active = False

    assert commit(client, launch, "page-2").status_code == 403
    assert ask(client, launch) == {"state": "signed-out"}
    assert call(client, launch, f"/_api/{page}", lint=False).status_code == 403
    admitted = client.get(f"/play/{launch.public_id}/open?ticket={ticket}")
    assert client.get(admitted.location).status_code == 404


def test_who_signs_in_again_takes_the_launch_over_and_loses_nothing(
    learner: Seat, app: Flask, sign_in: SignIn, client: FlaskClient, at: At
) -> None:
    launch, mine = opened(learner)
    sessions.end(mine)
    db.session.commit()
    at(10)
    assert commit(client, launch, "page-2").status_code == 403

    browser = sign_in(learner.enrolment.person)
    answer = browser.post(f"/play/{launch.public_id}/token", headers={"Origin": "http://localhost:5000"})

    assert answer.status_code == 200
    assert commit(client, launch, "page-2").json["state"] == "open"
    assert learner.attempts()[0].data["cmi.core.lesson_location"] == "page-2"


def test_the_player_page_of_an_ended_session_leads_to_a_new_launch(learner: Seat, sign_in: SignIn) -> None:
    launch, mine = opened(learner)
    sessions.end(mine)

    answer = sign_in(learner.enrolment.person).get(f"/play/{launch.public_id}")

    assert answer.location == f"/play/{launch.public_id}/left"


def test_a_launch_is_not_bound_to_the_session_of_somebody_else(
    learner: Seat, seat: MakeSeat, app: Flask
) -> None:
    from flask import g
    from flask_login import login_user

    other = seat().enrolment.person
    mine, _ = sessions.begin(other)
    db.session.commit()
    with app.test_request_context():
        login_user(other)
        g.person_session = mine

        assert standing.session_for(learner.enrolment.person) is None
        assert standing.session_for(other) == mine.id
