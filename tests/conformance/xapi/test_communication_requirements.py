"""Requirements on requests and answers (xAPI 1.0.3 Communication), one test each."""

import hashlib
import json

import pytest

from tests.factories import xapi

URL = "/xapi/statements"
STATE = "/xapi/activities/state"
PLACE = {"activityId": xapi.activity()["id"], "agent": json.dumps(xapi.agent())}
ONE = {**PLACE, "stateId": "bookmark"}


@pytest.fixture
def headers(app):
    return xapi.headers()


def stored(client, headers, statement):
    return client.post(URL, json=statement, headers=headers).json


def test_voiding_statement_cannot_be_voided(client, headers):
    """XAPI-00016 A statement that voids another stays what it is when somebody voids it."""
    [target] = stored(client, headers, xapi.statement())
    [voiding] = stored(client, headers, xapi.voiding(target))
    stored(client, headers, xapi.voiding(voiding))

    assert client.get(f"{URL}?statementId={voiding}", headers=headers).status_code == 200
    assert client.get(f"{URL}?voidedStatementId={target}", headers=headers).status_code == 200


def test_context_activities_come_back_as_lists(client, headers):
    """XAPI-00096 A single context activity is returned as a list of one."""
    [identifier] = stored(
        client, headers, xapi.statement(context={"contextActivities": {"parent": xapi.activity()}})
    )

    found = client.get(f"{URL}?statementId={identifier}", headers=headers).json
    assert found["context"]["contextActivities"] == {"parent": [xapi.activity()]}


def test_authority_is_set_by_the_store(client, headers):
    """XAPI-00099 Whatever a client says, its credentials are the authority."""
    [one, other] = stored(client, headers, [xapi.statement(), xapi.statement(authority=xapi.agent("liar"))])

    authorities = [
        client.get(f"{URL}?statementId={identifier}", headers=headers).json["authority"]
        for identifier in (one, other)
    ]
    assert authorities[0] == authorities[1]
    assert authorities[0]["account"]["homePage"] == "http://localhost:5000"


def test_more_is_empty_when_all_was_returned(client, headers):
    """XAPI-00109 and XAPI-00111 `more` leads to a page of the same form, until there is no more."""
    stored(client, headers, [xapi.statement() for _ in range(3)])

    first = client.get(f"{URL}?limit=2", headers=headers).json
    second = client.get(first["more"], headers=headers).json
    assert (len(first["statements"]), len(second["statements"]), second["more"]) == (2, 1, "")


def test_head_is_answered_like_get(client, headers):
    """XAPI-00125 HEAD has the headers of GET and no body."""
    [identifier] = stored(client, headers, xapi.statement())
    client.put(STATE, query_string=ONE, json={}, headers=headers)

    for url, parameters in ((f"{URL}?statementId={identifier}", {}), (STATE, ONE), ("/xapi/about", {})):
        get = client.get(url, query_string=parameters or None, headers=headers)
        head = client.head(url, query_string=parameters or None, headers=headers)
        names = {"Content-Type", "ETag", "Last-Modified", "X-Experience-API-Version"}
        assert head.data == b""
        assert [head.headers.get(name) for name in names] == [get.headers.get(name) for name in names]


def test_stored_statement_is_never_changed(client, headers):
    """XAPI-00142 Another statement under the same id is refused and changes nothing."""
    identifier = str(xapi.statement_id())
    stored(client, headers, xapi.statement(id=identifier))
    before = client.get(f"{URL}?statementId={identifier}", headers=headers).data

    other = client.post(URL, json=xapi.statement(id=identifier, verb=xapi.verb("x")), headers=headers)

    assert other.status_code == 409
    assert client.get(f"{URL}?statementId={identifier}", headers=headers).data == before


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_one_statement_is_asked_for_alone(client, headers, name):
    """XAPI-00150 and XAPI-00151 Beside the id only `format` and `attachments` may stand."""
    [identifier] = stored(client, headers, xapi.statement())
    if name == "voidedStatementId":
        stored(client, headers, xapi.voiding(identifier))

    def status(extra):
        return client.get(f"{URL}?{name}={identifier}&{extra}", headers=headers).status_code

    assert [status("format=ids"), status("attachments=true")] == [200, 200]
    assert [status("limit=1"), status("verb=x:y"), status("ascending=true")] == [400, 400, 400]


def test_consistent_through_stands_on_every_answer(client, headers):
    """XAPI-00153 and XAPI-00160 The header is there whatever the status, and not before what is returned."""
    [identifier] = stored(client, headers, xapi.statement())
    newest = client.get(f"{URL}?statementId={identifier}", headers=headers).json["stored"]

    for url in (
        URL,
        f"{URL}?statementId={identifier}",
        f"{URL}?unknown=1",
        f"{URL}?statementId={xapi.statement_id()}",
    ):
        answer = client.get(url, headers=headers)
        assert answer.headers["X-Experience-API-Consistent-Through"] >= newest


def test_document_merge_goes_one_level_deep(client, headers):
    """XAPI-00183 and XAPI-00184 Top-level properties are replaced whole, others stay."""
    client.put(STATE, query_string=ONE, json={"a": {"b": 1}, "c": 1}, headers=headers)

    client.post(STATE, query_string=ONE, json={"a": {"d": 2}}, headers=headers)

    assert client.get(STATE, query_string=ONE, headers=headers).json == {"a": {"d": 2}, "c": 1}


def test_missing_version_is_refused_except_by_about(client, headers):
    """XAPI-00321 and XAPI-00331 Every request names its version; About needs none."""
    without = {"Authorization": headers["Authorization"]}

    resources = (
        "statements",
        "activities",
        "activities/state",
        "activities/profile",
        "agents",
        "agents/profile",
    )
    statuses = [client.get(f"/xapi/{resource}", headers=without).status_code for resource in resources]
    assert statuses == [400] * len(resources)
    assert client.get("/xapi/about").status_code == 200


def test_etag_is_the_quoted_sha_1(client, headers):
    """XAPI-00322 Clients may compute the ETag of a document themselves."""
    client.put(STATE, query_string=ONE, data=b"{ }", headers={**headers, "Content-Type": "application/json"})

    answer = client.get(STATE, query_string=ONE, headers=headers)
    assert answer.headers["ETag"] == f'"{hashlib.sha1(b"{ }").hexdigest()}"'


@pytest.mark.parametrize("parameter", ["StatementId=1", "AGENT={}", "foo=bar"])
def test_unknown_parameter_is_refused(client, headers, parameter):
    """XAPI-00324 and XAPI-00325 Parameters are known ones, in their exact case."""
    assert client.get(f"{URL}?{parameter}", headers=headers).status_code == 400


def test_batch_is_stored_whole_or_not_at_all(client, headers):
    """XAPI-00326 One bad statement refuses all, documents and definitions included."""
    good = xapi.statement(object={**xapi.activity(), "definition": {"name": {"en": "New"}}})

    assert client.post(URL, json=[good, {}], headers=headers).status_code == 400

    assert client.get(URL, headers=headers).json["statements"] == []
    activity = client.get(
        "/xapi/activities", query_string={"activityId": xapi.activity()["id"]}, headers=headers
    )
    assert activity.json == xapi.activity()


def test_version_of_a_statement_is_kept(client, headers):
    """XAPI-00332 A statement keeps its version; without one it is 1.0.0."""
    ids = stored(client, headers, [xapi.statement(), xapi.statement(version="1.0.2")])

    versions = [client.get(f"{URL}?statementId={one}", headers=headers).json["version"] for one in ids]
    assert versions == ["1.0.0", "1.0.2"]


def test_wrong_credentials_are_unauthorized(client, headers):
    """XAPI-00335 Basic credentials that are not known are refused with 401."""
    answer = client.get(URL, headers={**headers, "Authorization": "Basic YTpi"})

    assert answer.status_code == 401
