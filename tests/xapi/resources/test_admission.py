"""Who is let in: each need of each resource against each scope, and what limits a credential."""

import base64
import json
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from academy import clock
from academy.db import db
from academy.xapi import credentials, interning
from academy.xapi.credentials import SCOPES, Terms
from academy.xapi.models import Credential
from academy.xapi.pace import pace
from tests.factories import xapi

ACTIVITY = xapi.activity()["id"]
AGENT = json.dumps(xapi.agent())
STATE = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}
OF_ACTIVITY = {"activityId": ACTIVITY, "profileId": "p"}
OF_AGENT = {"agent": AGENT, "profileId": "p"}

READS_STATEMENTS = {"all", "all/read", "statements/read", "statements/read/mine"}
READS_THINGS = {"all", "all/read", "statements/read", "profile", "state"}

#: Method, resource, parameters, and the scopes of which one is needed.
NEEDS = [
    ("PUT", "statements", {"statementId": "new"}, {"all", "statements/write"}),
    ("POST", "statements", {}, {"all", "statements/write"}),
    ("GET", "statements", {}, READS_STATEMENTS),
    ("HEAD", "statements", {}, READS_STATEMENTS),
    *(
        ("GET", "activities/state", given, {"all", "all/read", "state"})
        for given in (STATE, {**STATE, "stateId": None})
    ),
    *((method, "activities/state", STATE, {"all", "state"}) for method in ("PUT", "POST", "DELETE")),
    ("DELETE", "activities/state", {**STATE, "stateId": None}, {"all", "state"}),
    *(
        (method, resource, given, {"all", "profile"})
        for method in ("PUT", "POST", "DELETE")
        for resource, given in (("activities/profile", OF_ACTIVITY), ("agents/profile", OF_AGENT))
    ),
    *(
        ("GET", resource, {**given, "profileId": name}, {"all", "all/read", "profile"})
        for resource, given in (("activities/profile", OF_ACTIVITY), ("agents/profile", OF_AGENT))
        for name in ("p", None)
    ),
    ("GET", "activities", {"activityId": ACTIVITY}, READS_THINGS),
    ("GET", "agents", {"agent": AGENT}, READS_THINGS),
]


@pytest.fixture(autouse=True)
def _at_rest():
    """Begin with nobody counted."""
    pace.forget()


def issued(*scopes, **terms):
    """Return key and headers of a credential with these terms."""
    key, secret = credentials.issue(
        db.session.connection(), name="Client", scopes=scopes or ("all",), terms=Terms(**terms)
    )
    token = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return key, {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}


@pytest.mark.parametrize(("method", "resource", "given", "scopes"), NEEDS)
def test_each_request_needs_one_of_its_scopes(client, method, resource, given, scopes):
    """xAPI 1.0.3 Communication 4.2: what is not within the scopes is answered by 403."""
    admitted = set()
    for scope in SCOPES:
        parameters = {name: value for name, value in given.items() if value is not None}
        if "statementId" in parameters:
            parameters["statementId"] = str(xapi.statement_id())
        body = (
            {}
            if method not in {"PUT", "POST"}
            else {"json": xapi.statement() if resource == "statements" else {}}
        )
        headers = {**issued(scope)[1], **({"If-Match": "*"} if resource.endswith("profile") else {})}
        answer = client.open(
            f"/xapi/{resource}", method=method, query_string=parameters, headers=headers, **body
        )
        assert answer.status_code != 401
        if answer.status_code != 403:
            admitted.add(scope)

    assert admitted == scopes


def test_every_scope_of_the_standard_is_known():
    """xAPI 1.0.3 Communication 4.2, the recommended list."""
    assert set(SCOPES) == {
        *("all", "all/read", "define", "profile", "state"),
        *("statements/read", "statements/read/mine", "statements/write"),
    }


def test_without_define_activities_and_agents_stay_as_they_are(client):
    """xAPI 1.0.3 Communication 4.2: ids are saved, the internal representation is not updated."""
    target = {**xapi.activity("defined"), "definition": {"name": {"en": "Told"}}}
    statement = xapi.statement(actor={**xapi.agent("named"), "name": "Ana"}, object=target)

    def known():
        return interning.definitions_of(db.session.connection(), [target["id"]]).get(target["id"])

    _, headers = issued("statements/write", "statements/read")
    assert client.post("/xapi/statements", json=statement, headers=headers).status_code == 200
    assert known() is None
    found = client.get("/xapi/statements", headers=headers).json["statements"]
    assert found[0]["object"]["definition"] == target["definition"]  # the statement itself is whole

    _, headers = issued("statements/write", "define")
    assert client.post("/xapi/statements", json=statement, headers=headers).status_code == 200
    assert known() == target["definition"]


def test_voiding_needs_to_be_allowed(client):
    [target] = xapi.stored(xapi.statement())
    _, headers = issued("statements/write", "statements/read")
    batch = [xapi.statement(), xapi.voiding(target)]

    refused = client.post("/xapi/statements", json=batch, headers=headers)

    assert (refused.status_code, refused.json["detail"]) == (403, "these credentials may not void statements")
    left = client.get("/xapi/statements", headers=headers).json["statements"]
    assert [one["id"] for one in left] == [str(target)]
    _, headers = issued("statements/write", may_void=True)
    assert client.post("/xapi/statements", json=batch, headers=headers).status_code == 200


def test_revoked_and_expired_credentials_are_refused_with_their_next_request(client, monkeypatch):
    gone, headers_of_gone = issued()
    _, headers_of_ended = issued(expires=clock.now() + timedelta(hours=1))
    for headers in (headers_of_gone, headers_of_ended):
        assert client.get("/xapi/statements", headers=headers).status_code == 200

    credentials.revoke(db.session.connection(), key=gone)
    db.session.commit()
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)

    for headers in (headers_of_gone, headers_of_ended):
        assert client.get("/xapi/statements", headers=headers).status_code == 401


def test_too_many_requests_are_told_when_to_come_again(client):
    _, headers = issued(per_minute=2)
    _, others = issued()

    answers = [client.get("/xapi/statements", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert answers[2].headers["X-Experience-API-Version"] == "1.0.3"
    assert answers[2].json["detail"] == "these credentials may send 2 requests a minute"
    assert client.get("/xapi/statements", headers=others).status_code == 200


def test_the_limit_of_the_settings_holds_where_a_credential_has_none(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "XAPI_REQUESTS_PER_MINUTE", 1)
    _, limited = issued()
    _, free = issued(per_minute=0)

    assert [client.get("/xapi/statements", headers=limited).status_code for _ in range(2)] == [200, 429]
    assert [client.get("/xapi/statements", headers=free).status_code for _ in range(2)] == [200, 200]


def test_whoever_has_the_wrong_secret_uses_up_nothing(client):
    key, headers = issued(per_minute=1)
    wrong = {**headers, "Authorization": f"Basic {base64.b64encode(f'{key}:wrong'.encode()).decode()}"}

    assert client.get("/xapi/statements", headers=wrong).status_code == 401
    assert credentials.entry(db.session.connection(), key=key).used is None
    assert client.get("/xapi/statements", headers=headers).status_code == 200


def test_use_is_noted_and_the_requests_after_it_write_nothing(client, queries):
    key, headers = issued()
    db.session.commit()

    def updates():
        with queries() as seen:
            assert client.get("/xapi/statements", headers=headers).status_code == 200
        return [one for one in seen if not one.startswith("SELECT")]

    assert len(updates()) == 1
    assert credentials.entry(db.session.connection(), key=key).used is not None
    assert updates() == []


def test_a_client_in_full_flow_pays_for_what_it_stores_only(client, queries):
    _, headers = issued()
    db.session.commit()
    statements = [{**xapi.statement(), "actor": xapi.agent()} for _ in range(3)]
    for one in statements[:2]:  # the first notes the use, the second finds that
        assert client.post("/xapi/statements", json=one, headers=headers).status_code == 200

    with queries() as seen:
        answer = client.post("/xapi/statements", json=statements[2], headers=headers)

    found = client.get(f"/xapi/statements?statementId={answer.json[0]}", headers=headers).json
    assert answer.headers["X-Experience-API-Consistent-Through"] == found["stored"]
    assert not [text for text in seen if "xapi_credential" in text]
    assert len([text for text in seen if text.startswith("SELECT") and "advisory" not in text]) == 2


def test_what_another_process_revokes_is_refused_a_second_later(client, monkeypatch):
    key, headers = issued()
    db.session.commit()
    assert client.get("/xapi/statements", headers=headers).status_code == 200
    assert client.get("/xapi/statements", headers=headers).status_code == 200

    change = sa.update(Credential).where(Credential.key == key).values(revoked=clock.now())
    db.session.execute(change)
    db.session.commit()
    later = time.monotonic() + credentials.REMEMBERED_SECONDS
    monkeypatch.setattr(credentials.time, "monotonic", lambda: later)

    assert client.get("/xapi/statements", headers=headers).status_code == 401


def test_a_use_that_cannot_be_noted_stops_nobody(client, monkeypatch):
    def fail(connection, *, key):
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    monkeypatch.setattr(credentials, "note_use", fail)
    _, headers = issued()

    assert client.post("/xapi/statements", json=xapi.statement(), headers=headers).status_code == 200
    assert client.get("/xapi/statements", headers=headers).status_code == 200
