"""The State and Profile Resources over HTTP."""

import hashlib
import json

import pytest

from tests.factories import xapi

STATE = "/xapi/activities/state"
PLACE = {"activityId": xapi.activity()["id"], "agent": json.dumps(xapi.agent())}
ONE = {**PLACE, "stateId": "bookmark"}

PROFILES = [
    ("/xapi/activities/profile", {"activityId": xapi.activity()["id"]}),
    ("/xapi/agents/profile", {"agent": json.dumps(xapi.agent())}),
]


@pytest.fixture
def headers(app):
    return xapi.headers()


def put(client, url, parameters, data, headers, **more):
    sent = {"Content-Type": "application/json", **headers, **more}
    return client.put(url, query_string=parameters, data=data, headers=sent)


def get(client, url, parameters, headers):
    return client.get(url, query_string=parameters, headers=headers)


def etag(data):
    return f'"{hashlib.sha1(data).hexdigest()}"'


def test_a_document_that_is_a_page_runs_nothing(client, headers):
    page = b"<script src=/xapi/activities/state></script>"
    put(client, STATE, ONE, page, headers, **{"Content-Type": "text/html"})

    found = client.get(STATE, query_string=ONE, headers=headers, lint=False)

    assert found.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert found.headers["X-Content-Type-Options"] == "nosniff"


def test_state_put_get_delete(client, headers):
    assert put(client, STATE, ONE, b'{"page":1.50}', headers).status_code == 204

    found = get(client, STATE, ONE, headers)
    assert (found.status_code, found.data, found.content_type) == (200, b'{"page":1.50}', "application/json")
    assert found.headers["ETag"] == etag(b'{"page":1.50}')
    assert found.last_modified is not None
    assert client.head(STATE, query_string=ONE, headers=headers).headers["ETag"] == etag(b'{"page":1.50}')

    assert client.delete(STATE, query_string=ONE, headers=headers).status_code == 204
    assert get(client, STATE, ONE, headers).status_code == 404


def test_state_holds_any_bytes(client, headers):
    put(client, STATE, ONE, b"\x00\xff", headers, **{"Content-Type": "image/png"})

    found = get(client, STATE, ONE, headers)

    assert (found.data, found.content_type) == (b"\x00\xff", "image/png")


def test_state_post_merges(client, headers):
    put(client, STATE, ONE, b'{"a":1,"b":1}', headers)

    answer = client.post(STATE, query_string=ONE, json={"b": 2}, headers=headers)

    assert answer.status_code == 204
    assert get(client, STATE, ONE, headers).data == b'{"a":1,"b":2}'


def test_state_list_and_clear(client, headers):
    registration = {"registration": str(xapi.statement_id())}
    put(client, STATE, ONE, b"{}", headers)
    put(client, STATE, {**PLACE, **registration, "stateId": "other"}, b"{}", headers)

    assert get(client, STATE, PLACE, headers).json == ["bookmark", "other"]
    assert get(client, STATE, {**PLACE, **registration}, headers).json == ["other"]
    assert get(client, STATE, {**PLACE, "since": "2999-01-01T00:00:00Z"}, headers).json == []

    client.delete(STATE, query_string={**PLACE, **registration}, headers=headers)
    assert get(client, STATE, PLACE, headers).json == ["bookmark"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"activityId": PLACE["activityId"], "stateId": "x"},
        {"agent": PLACE["agent"], "stateId": "x"},
        {**ONE, "activityId": "lesson"},
        {**ONE, "agent": "learner"},
        {**ONE, "registration": "7"},
        {**ONE, "since": "2999-01-01T00:00:00Z"},
        {**ONE, "unknown": "1"},
        {**ONE, "stateId": "book\x00mark"},
    ],
)
def test_state_with_wrong_parameters_is_refused(client, headers, parameters):
    put(client, STATE, ONE, b"{}", headers)

    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = client.open(STATE, method=method, query_string=parameters, json={}, headers=headers)
        assert answer.status_code == 400

    assert get(client, STATE, ONE, headers).data == b"{}"


def test_state_put_of_broken_json_is_refused(client, headers):
    assert put(client, STATE, ONE, b"{", headers).status_code == 400
    assert get(client, STATE, ONE, headers).status_code == 404


def test_state_put_over_an_existing_one_needs_a_precondition_in_2_0_only(client, headers):
    second = xapi.headers(version="2.0.0")
    put(client, STATE, ONE, b'"1"', headers)

    assert put(client, STATE, ONE, b'"2"', headers).status_code == 204
    refused = put(client, STATE, ONE, b'"3"', second)
    assert (refused.status_code, "If-Match" in refused.json["detail"]) == (409, True)
    assert put(client, STATE, ONE, b'"4"', second, **{"If-Match": etag(b'"2"')}).status_code == 204
    assert put(client, STATE, ONE, b'"5"', second, **{"If-Match": etag(b'"2"')}).status_code == 412
    assert get(client, STATE, ONE, headers).data == b'"4"'


@pytest.mark.parametrize(("url", "owner"), PROFILES)
def test_profile_put_needs_a_precondition(client, headers, url, owner):
    one = {**owner, "profileId": "settings"}

    assert put(client, url, one, b"1", headers).status_code == 400
    assert put(client, url, one, b"1", headers, **{"If-None-Match": "*"}).status_code == 204
    assert put(client, url, one, b"2", headers).status_code == 409
    assert put(client, url, one, b"2", headers, **{"If-None-Match": "*"}).status_code == 412
    assert put(client, url, one, b"2", headers, **{"If-Match": etag(b"1")}).status_code == 204
    assert put(client, url, one, b"3", headers, **{"If-Match": etag(b"1")}).status_code == 412
    assert get(client, url, one, headers).data == b"2"


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(
    ("url", "one"), [(STATE, ONE), *((url, {**owner, "profileId": "x"}) for url, owner in PROFILES)]
)
def test_post_and_delete_heed_if_match(client, version, url, one):
    headers = xapi.headers(version=version)
    put(client, url, one, b'{"a":1}', headers, **{"If-None-Match": "*"})
    stale, present = {"If-Match": etag(b"{}")}, {"If-Match": '"0", ' + etag(b'{"a":1}')}

    assert client.post(url, query_string=one, json={"b": 2}, headers={**headers, **stale}).status_code == 412
    assert client.delete(url, query_string=one, headers={**headers, **stale}).status_code == 412
    assert get(client, url, one, headers).data == b'{"a":1}'
    assert (
        client.post(url, query_string=one, json={"b": 2}, headers={**headers, **present}).status_code == 204
    )
    assert client.delete(url, query_string=one, headers={**headers, "If-Match": "*"}).status_code == 204
    assert client.delete(url, query_string=one, headers={**headers, "If-Match": "*"}).status_code == 412


def test_the_etag_of_a_compressed_answer_names_the_document_too(client, headers):
    content = json.dumps({"text": "x" * 5000}).encode()
    put(client, STATE, ONE, content, headers)
    compressed = get(client, STATE, ONE, {**headers, "Accept-Encoding": "gzip"})

    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["ETag"] != etag(content)  # which is that of the plain bytes (3.1)
    known = {"If-Match": compressed.headers["ETag"]}
    assert put(client, STATE, ONE, b'"2"', headers, **known).status_code == 204
    assert put(client, STATE, ONE, b'"3"', headers, **known).status_code == 412


@pytest.mark.parametrize(("url", "owner"), PROFILES)
def test_profile_post_list_delete(client, headers, url, owner):
    one = {**owner, "profileId": "settings"}
    client.post(url, query_string=one, json={"a": 1}, headers=headers)
    client.post(url, query_string=one, json={"b": 2}, headers=headers)
    client.post(url, query_string={**owner, "profileId": "other"}, json={}, headers=headers)

    assert get(client, url, one, headers).data == b'{"a":1,"b":2}'
    assert get(client, url, owner, headers).json == ["settings", "other"]
    assert get(client, url, {**owner, "since": "2999-01-01T00:00:00Z"}, headers).json == []
    assert client.delete(url, query_string=one, headers=headers).status_code == 204
    assert get(client, url, one, headers).status_code == 404
    assert client.delete(url, query_string=owner, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("url", "parameters", "scope"),
    [
        (STATE, ONE, "state"),
        (PROFILES[0][0], {**PROFILES[0][1], "profileId": "x"}, "profile"),
        (PROFILES[1][0], {**PROFILES[1][1], "profileId": "x"}, "profile"),
    ],
)
def test_documents_need_their_scope(client, headers, url, parameters, scope):
    client.post(url, query_string=parameters, json={"a": 1}, headers=headers)
    other = xapi.headers("profile" if scope == "state" else "state", "statements/read")

    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = client.open(url, method=method, query_string=parameters, json={}, headers=other)
        assert answer.status_code == 403
    reader = xapi.headers("all/read")
    assert get(client, url, parameters, reader).json == {"a": 1}
    assert client.delete(url, query_string=parameters, headers=reader).status_code == 403
    assert get(client, url, parameters, xapi.headers(scope)).json == {"a": 1}
