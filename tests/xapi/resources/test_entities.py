"""The Agents, Activities and About Resources, and what all answers have."""

import json

import pytest

from tests.factories import xapi


@pytest.fixture
def headers(app):
    return xapi.headers()


def test_agents_answers_with_every_name_seen(client, headers):
    xapi.stored(xapi.statement(actor={**xapi.agent(), "name": "Ana"}))
    xapi.stored(xapi.statement(actor={**xapi.agent(), "name": "Anna"}))
    xapi.stored(xapi.statement(actor={**xapi.agent("other"), "name": "Noise"}))

    answer = client.get("/xapi/agents", query_string={"agent": json.dumps(xapi.agent())}, headers=headers)

    assert answer.json == {"objectType": "Person", "name": ["Ana", "Anna"], "mbox": [xapi.agent()["mbox"]]}


def test_agents_answers_for_an_unknown_agent_too(client, headers):
    account = {"homePage": "https://example.org", "name": "7"}

    answer = client.get(
        "/xapi/agents", query_string={"agent": json.dumps({"account": account})}, headers=headers
    )

    assert answer.json == {"objectType": "Person", "account": [account]}


def test_activities_answers_with_the_canonical_definition(client, headers):
    xapi.stored(xapi.statement(object={**xapi.activity(), "definition": {"name": {"en": "Lesson"}}}))

    known = client.get(
        "/xapi/activities", query_string={"activityId": xapi.activity()["id"]}, headers=headers
    )
    unknown = client.get("/xapi/activities", query_string={"activityId": "x:y"}, headers=headers)

    assert known.json == {**xapi.activity(), "definition": {"name": {"en": "Lesson"}}}
    assert unknown.json == {"objectType": "Activity", "id": "x:y"}


def test_an_iri_is_itself_and_no_other_spelling(client):
    headers = xapi.headers(version="2.0.0")
    spellings = [f"https://example.org/{end}" for end in ("a/../b", "b", "B", "b/", "%62", "ü", "%C3%BC")]
    for iri in spellings:
        client.post("/xapi/statements", json=xapi.statement(object={"id": iri}), headers=headers)

    for iri in spellings:
        page = client.get("/xapi/statements", query_string={"activity": iri}, headers=headers).json
        assert [found["object"]["id"] for found in page["statements"]] == [iri]
        one = client.get("/xapi/activities", query_string={"activityId": iri}, headers=headers).json
        assert one == {"objectType": "Activity", "id": iri}


@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        ("/xapi/agents", {}),
        ("/xapi/agents", {"agent": "{}"}),
        ("/xapi/agents", {"agent": json.dumps(xapi.agent()), "x": "1"}),
        ("/xapi/activities", {}),
        ("/xapi/activities", {"activityId": "lesson"}),
    ],
)
def test_wrong_parameters_are_refused(client, headers, url, parameters):
    assert client.get(url, query_string=parameters, headers=headers).status_code == 400


@pytest.mark.parametrize("url", ["/xapi/agents", "/xapi/activities"])
def test_reading_needs_a_scope_and_writing_is_impossible(client, headers, url):
    parameters = {"agent": json.dumps(xapi.agent()), "activityId": xapi.activity()["id"]}

    assert (
        client.get(url, query_string=parameters, headers=xapi.headers("statements/write")).status_code == 403
    )
    assert client.post(url, query_string=parameters, json={}, headers=headers).status_code == 405


def test_about_asks_for_nothing(client):
    answer = client.get("/xapi/about")

    assert answer.json == {"version": ["1.0.3", "2.0.0"]}
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize("url", ["/xapi/statements", "/xapi/activities/state", "/xapi/agents"])
@pytest.mark.parametrize("version", [None, "0.95", "1.1.0", "3.0.0"])
def test_versions_not_spoken_are_refused(client, headers, url, version):
    sent = {name: value for name, value in headers.items() if name != "X-Experience-API-Version"}
    if version is not None:
        sent["X-Experience-API-Version"] = version

    answer = client.get(url, headers=sent)

    assert answer.status_code == 400
    assert answer.json["clause"] == "xAPI 1.0.3 Communication 3.3"
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


def test_version_of_the_refusal_is_a_setting(app, client, headers, monkeypatch):
    monkeypatch.setitem(app.config, "XAPI_DEFAULT_VERSION", "2.0.0")

    answer = client.get("/xapi/statements", headers={"Authorization": headers["Authorization"]})

    assert answer.headers["X-Experience-API-Version"] == "2.0.0"


@pytest.mark.parametrize(
    ("method", "url", "status"), [("GET", "/xapi/unknown", 404), ("PATCH", "/xapi/statements", 405)]
)
def test_every_answer_names_the_version(client, headers, method, url, status):
    answer = client.open(url, method=method, headers=headers, lint=False)

    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (status, "1.0.3")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Experience-API-Version" not in client.get("/").headers


def test_scripts_of_other_origins_are_let_in(client):
    asked = client.options("/xapi/statements", headers={"Origin": "http://x.example"}, lint=False)

    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    assert asked.headers["Access-Control-Max-Age"] == "7200"
    assert "Access-Control-Max-Age" not in client.get("/xapi/about").headers
