"""The API page, saving over HTTP, and tokens that are foreign or too old."""

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from academy import clock
from academy.courses.models import Launch
from academy.courses.runtime import content_api, launching, tokens
from academy.courses.runtime.tokens import Bearer
from academy.db import db
from tests.courses.runtime.conftest import Seat
from tests.factories import accounts

MakeSeat = Callable[..., Seat]


def _call(client: FlaskClient, launch: Launch, path: str, **options: object) -> TestResponse:
    label = options.pop("label", launch.label)
    return client.open(f"http://{label}.localhost:5000{path}", lint=False, **options)


def _token(launch: Launch, label: str | None = None) -> str:
    return tokens.commit_token(Bearer(launch.public_id, label or launch.label))


def _commit(client: FlaskClient, launch: Launch, **fields: object) -> TestResponse:
    values = {"token": _token(launch), "seq": 1, "session": 1, "data": {"cmi.core.lesson_location": "2"}}
    body = json.dumps(values | fields)
    return _call(client, launch, "/_api/commit", method="POST", data=body, content_type="text/plain")


def test_a_commit_is_answered_when_the_database_has_it(client: FlaskClient, seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    answer = _commit(client, launch, seq=7)

    told = answer.get_json()
    assert answer.status_code == 200
    assert {**told, "saved": clock.parse(told["saved"]) <= clock.now()} == {
        "result": True,
        "errorCode": 0,
        "seq": 7,
        "state": "open",
        "saved": True,
    }
    db.session.rollback()
    assert learner.attempts()[0].data == {"cmi.core.lesson_location": "2"}


@pytest.mark.parametrize("foreign", ["label", "launch", "forged", "page", "ticket"])
def test_a_foreign_token_saves_nothing(client: FlaskClient, seat: MakeSeat, foreign: str) -> None:
    learner, other = seat(), seat()
    launch, elsewhere = learner.open(), other.open()
    token = {
        "label": _token(launch, label=elsewhere.label),
        "launch": _token(elsewhere),
        "forged": _token(launch)[:-3] + "abc",
        "page": tokens.page_token(Bearer(launch.public_id, launch.label)),
        "ticket": tokens.ticket(launch.public_id),
    }[foreign]
    answer = _commit(client, launch, token=token)

    assert (answer.status_code, answer.get_json()["error"]) == (403, "token-foreign")
    assert learner.attempts()[0].data == {}
    assert other.attempts()[0].data == {}


def test_an_expired_token_saves_nothing_and_says_so(
    client: FlaskClient, seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = seat()
    launch = learner.open()
    token = _token(launch)
    later = clock.now() + timedelta(seconds=tokens.COMMIT_SECONDS + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = _commit(client, launch, token=token)

    assert (answer.status_code, answer.get_json()) == (
        403,
        {"result": False, "errorCode": 101, "error": "token-expired"},
    )
    assert learner.attempts()[0].data == {}


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"seq": "x"}, 422, "unreadable"),
        ({"end": "never"}, 422, "unreadable"),
        ({"data": {"cmi.suspend_data": "x" * 2_000_000}}, 413, "too-large"),
        ({"token": ""}, 403, "token-foreign"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_code(
    client: FlaskClient, seat: MakeSeat, fields: dict[str, object], status: int, error: str
) -> None:
    learner = seat()
    answer = _commit(client, learner.open(), **fields)

    assert (answer.status_code, answer.get_json()["error"]) == (status, error)
    assert learner.attempts()[0].data == {}


def test_a_launch_that_saves_too_often_is_slowed(
    client: FlaskClient, seat: MakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_api, "MOST_A_MINUTE", 2)
    monkeypatch.setattr(time, "monotonic", lambda: 6000.0)
    learner, other = seat(), seat()
    launch = learner.open()
    found = [_commit(client, launch, seq=number).status_code for number in (1, 2, 3)]

    assert found == [200, 200, 429]
    assert _commit(client, other.open()).status_code == 200


def test_the_api_page_holds_what_content_starts_with(client: FlaskClient, seat: MakeSeat) -> None:
    learner = seat(mastery="80")
    launch = learner.open()
    learner.commit(launch, core__lesson_location='</script>"<b>')
    token = tokens.page_token(Bearer(launch.public_id, launch.label))
    answer = _call(client, launch, f"/_api/{token}")

    page = answer.get_data(as_text=True)
    start = json.loads(re.search(r'id="start">(.*?)</script>', page, re.DOTALL)[1])
    base = f"http://{launch.label}.localhost:5000"
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert tokens.read_commit_token(start.pop("token"), label=launch.label) == Bearer(
        launch.public_id, launch.label
    )
    assert start.pop("seq") > 1_790_000_000_000
    assert start.pop("data") == launching.data_at_launch(launch)
    assert start == {
        "launch": str(launch.public_id),
        "api": f"{base}/_api",
        "content": f"{base}/v/{learner.version.public_id}/index.html",
        "kind": "sco",
        "title": learner.leaves[0].title["en"],
        "kept": True,
        "app": ["http://localhost:5000", "http://127.0.0.1:5000"],
    }
    scripts = re.findall(r'src="([^"]+)"', page)
    assert [_call(client, launch, path.removeprefix(base)).mimetype for path in scripts] == [
        "text/javascript"
    ] * 4


@pytest.mark.parametrize("case", ["foreign", "old", "superseded", "nonsense"])
def test_the_api_page_is_not_for_others(
    client: FlaskClient, seat: MakeSeat, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    learner, other = seat(), seat()
    launch, elsewhere = learner.open(), other.open()
    token = tokens.page_token(Bearer(launch.public_id, launch.label))
    label = launch.label
    if case == "foreign":
        label = elsewhere.label
    elif case == "old":
        later = clock.now() + timedelta(seconds=tokens.PAGE_SECONDS + 1)
        monkeypatch.setattr(clock, "now", lambda: later)
    elif case == "superseded":
        learner.open()
    else:
        token = "nonsense"
    answer = _call(client, launch, f"/_api/{token}", label=label)

    assert answer.status_code == 403
    assert b"open this part again" in answer.data
    assert b'id="start"' not in answer.data


def _ask(client: FlaskClient, launch: Launch, method: str, token: str | None = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {token or _token(launch)}"}
    return _call(client, launch, "/_api/state", method=method, headers=headers)


def test_the_player_hears_of_a_take_over(client: FlaskClient, seat: MakeSeat) -> None:
    learner = seat()
    launch = learner.open()
    before = _ask(client, launch, "GET").get_json()
    learner.open()

    assert before == {"state": "open"}
    assert _ask(client, launch, "GET").get_json() == {"state": "superseded"}


def test_being_there_renews_the_token_and_the_launch(client: FlaskClient, seat: MakeSeat) -> None:
    launch = seat().open()
    launch.last_seen = launch.closed = clock.now() - timedelta(minutes=31)
    answer = _ask(client, launch, "POST")

    db.session.refresh(launch)
    assert launch.last_seen > clock.now() - timedelta(minutes=1)
    assert launch.closed is None
    token = answer.get_json()["token"]
    assert tokens.read_commit_token(token, label=launch.label).launch == launch.public_id


def test_state_wants_a_token(client: FlaskClient, seat: MakeSeat) -> None:
    launch = seat().open()

    assert _ask(client, launch, "POST", "nonsense").status_code == 403
    assert _call(client, launch, "/_api/state").status_code == 403


def test_a_preview_is_acknowledged_and_kept_nowhere(client: FlaskClient, seat: MakeSeat) -> None:
    learner = seat()
    launch = launching.open_preview(accounts.person(roles=("trainer",)), activity=learner.group)
    first = _commit(client, launch, data={"cmi.core.lesson_status": "passed"})
    last = _commit(client, launch, seq=2, end="finish", close=True)

    db.session.refresh(launch)
    assert [answer.get_json()["seq"] for answer in (first, last)] == [1, 2]
    assert launch.closed is not None
    assert (learner.told(), learner.attempts()) == ([], [])


def test_a_launch_that_does_not_exist_saves_nothing(client: FlaskClient, seat: MakeSeat) -> None:
    launch = seat().open()
    token = tokens.commit_token(Bearer(uuid4(), launch.label))

    assert _commit(client, launch, token=token).status_code == 422
