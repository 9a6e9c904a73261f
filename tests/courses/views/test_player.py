"""Opening content from pages, the player page around it, and who may be there."""

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from academy.accounts.models import Person
from academy.courses.models import Launch
from academy.courses.runtime import launching, tokens
from academy.db import db
from tests.factories import accounts, courses
from tests.factories.courses import Published

SignIn = Callable[[Person], FlaskClient]
ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def published(app: object) -> Published:
    return courses.published_course_with_sco()


def _open(published: Published) -> Launch:
    return launching.open_launch(courses.enrolment(published.course), activity=published.leaf)


def _launch_path(published: Published) -> str:
    return f"/courses/{published.course.code}/activities/{published.leaf.public_id}/launch"


def test_a_learner_opens_a_part(published: Published, sign_in: SignIn) -> None:
    enrolment = courses.enrolment(published.course)
    answer = sign_in(enrolment.person).post(_launch_path(published))

    launch = db.session.query(Launch).one()
    assert (answer.status_code, answer.location) == (303, f"/play/{launch.public_id}")
    assert (launch.enrolment_id, launch.activity_id) == (enrolment.id, published.leaf.id)


def test_somebody_without_a_seat_opens_nothing(published: Published, sign_in: SignIn) -> None:
    courses.enrolment(published.course)
    answer = sign_in(accounts.person()).post(_launch_path(published))

    assert answer.status_code == 403
    assert db.session.query(Launch).count() == 0


def test_opening_wants_a_sign_in(published: Published, client: FlaskClient) -> None:
    assert client.post(_launch_path(published)).location.startswith("/sign-in")


def test_the_player_frames_exactly_one_origin(published: Published, sign_in: SignIn) -> None:
    launch = _open(published)
    answer = sign_in(launch.person).get(f"/play/{launch.public_id}")

    page = answer.get_data(as_text=True)
    told = json.loads(re.search(r'id="player">(.*?)</script>', page, re.DOTALL)[1])
    origin = f"http://{launch.label}.localhost:5000"
    assert f"frame-src {origin}" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert told["content"] == origin
    assert told["page"].startswith(f"{origin}/_api/")
    assert re.search(r'<iframe[^>]* sandbox="([^"]+)"', page)[1].split() == [
        "allow-scripts",
        "allow-same-origin",
        "allow-forms",
        "allow-popups",
        "allow-popups-to-escape-sandbox",
        "allow-modals",
        "allow-downloads",
    ]
    assert "data-leave" in page


@pytest.mark.parametrize("path", ["", "/left"])
def test_the_player_of_somebody_else_is_not_there(published: Published, sign_in: SignIn, path: str) -> None:
    launch = _open(published)

    assert sign_in(accounts.person()).get(f"/play/{launch.public_id}{path}").status_code == 404
    assert sign_in(accounts.person()).get(f"/play/{uuid4()}{path}").status_code == 404


def test_the_player_wants_a_sign_in_and_comes_back(published: Published, client: FlaskClient) -> None:
    place = f"/play/{_open(published).public_id}"
    answer = client.get(place)

    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={place}")


def test_a_ticket_admits_to_one_launch_and_gives_no_session(
    published: Published, client: FlaskClient
) -> None:
    launch, other = _open(published), _open(published)
    place = f"/play/{launch.public_id}"
    answer = client.get(f"{place}/open?ticket={tokens.ticket(launch.public_id)}")

    assert (answer.status_code, answer.location) == (303, place)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("launch=")
    assert f"Path={place};" in f"{cookie};"
    assert "HttpOnly" in cookie
    page = client.get(place)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert client.get(f"/play/{other.public_id}").status_code == 303
    assert client.get("/learn").status_code == 303


@pytest.mark.parametrize("ticket", ["", "nonsense", "other"])
def test_a_wrong_ticket_admits_to_nothing(published: Published, client: FlaskClient, ticket: str) -> None:
    launch, other = _open(published), _open(published)
    given = tokens.ticket(other.public_id) if ticket == "other" else ticket
    answer = client.get(f"/play/{launch.public_id}/open?ticket={given}")

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_launch_taken_over_shows_where_it_went(published: Published, sign_in: SignIn) -> None:
    enrolment = courses.enrolment(published.course)
    first = launching.open_launch(enrolment, activity=published.leaf)
    launching.open_launch(enrolment, activity=published.leaf)
    client = sign_in(enrolment.person)
    answer = client.get(f"/play/{first.public_id}", follow_redirects=True)

    assert answer.request.path == f"/play/{first.public_id}/left"
    assert "Open in another place" in answer.get_data(as_text=True)


@pytest.mark.parametrize("act", ["token", "again", "go"])
@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://abc.localhost"])
def test_calls_of_other_origins_are_refused(
    published: Published, sign_in: SignIn, act: str, origin: str | None
) -> None:
    launch = _open(published)
    path = f"/play/{launch.public_id}/{act}" + (f"/{published.leaf.public_id}" if act == "go" else "")
    answer = sign_in(launch.person).post(path, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    assert db.session.query(Launch).count() == 1


def test_the_address_of_the_academy_is_no_other_origin(published: Published, sign_in: SignIn) -> None:
    launch = _open(published)
    behind_a_proxy = {"Origin": "http://localhost:5000"}  # BASE_URL; the request itself says http://localhost

    assert (
        sign_in(launch.person).post(f"/play/{launch.public_id}/token", headers=behind_a_proxy).status_code
        == 200
    )


def test_a_token_is_renewed_for_the_person_only(published: Published, sign_in: SignIn) -> None:
    launch = _open(published)
    place = f"/play/{launch.public_id}/token"
    answer = sign_in(launch.person).post(place, headers=ORIGIN)

    bearer = tokens.read_commit_token(answer.get_json()["token"], label=launch.label)
    assert bearer.launch == launch.public_id
    assert sign_in(accounts.person()).post(place, headers=ORIGIN).status_code == 404


def test_opening_again_takes_the_launch_back(published: Published, sign_in: SignIn) -> None:
    launch = _open(published)
    answer = sign_in(launch.person).post(f"/play/{launch.public_id}/again", headers=ORIGIN)

    db.session.refresh(launch)
    newest = db.session.query(Launch).order_by(Launch.id.desc()).first()
    assert (answer.status_code, answer.location) == (303, f"/play/{newest.public_id}")
    assert launch.superseded is not None


def test_a_review_stays_one_however_one_goes_on(published: Published, sign_in: SignIn) -> None:
    launch = _open(published)
    review = launching.open_review(launch.enrolment, activity=published.leaf)
    learner = sign_in(launch.person)
    for way in ("again", f"go/{published.leaf.public_id}"):
        learner.post(f"/play/{review.public_id}/{way}", headers=ORIGIN)

    db.session.refresh(launch)
    assert [one.mode for one in db.session.query(Launch).order_by(Launch.id)] == ["normal", *["review"] * 3]
    assert launch.superseded is None


def test_a_trainer_previews_without_a_trace(published: Published, sign_in: SignIn) -> None:
    trainer = accounts.person(roles=("trainer",))
    published.course.author_id = trainer.id
    path = f"/teach/courses/{published.course.code}/activities/{published.activity.public_id}/preview"
    client = sign_in(trainer)
    place = client.post(path).location

    launch = db.session.query(Launch).one()
    page = client.get(place).get_data(as_text=True)
    assert (launch.attempt_id, launch.mode) == (None, "browse")
    assert "Preview: nothing is saved" in page
    assert client.get(f"{place}/left").location == f"/teach/courses/{published.course.code}"


@pytest.mark.parametrize("roles", [(), ("trainer",), ("secretariat",)])
def test_others_preview_nothing(published: Published, sign_in: SignIn, roles: tuple[str, ...]) -> None:
    path = f"/teach/courses/{published.course.code}/activities/{published.activity.public_id}/preview"

    assert sign_in(accounts.person(roles=roles)).post(path).status_code == 403
    assert db.session.query(Launch).count() == 0
