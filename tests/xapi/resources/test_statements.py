"""The Statement Resource over HTTP."""

import json
from uuid import UUID

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi import json_text, moments, store
from academy.xapi.models import Statement
from tests.factories import xapi

URL = "/xapi/statements"


@pytest.fixture
def headers(app):
    return xapi.headers()


def send(client, headers, value, **options):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return client.post(URL, data=body, headers={"Content-Type": "application/json", **headers}, **options)


def get(client, headers, **parameters):
    return client.get(URL, query_string=parameters, headers=headers)


def count():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Statement))


def problem(answer, status):
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    return answer.json


def test_post_one_answers_with_its_id(client, headers):
    answer = send(client, headers, xapi.statement())

    assert answer.status_code == 200
    [identifier] = answer.json
    stored = get(client, headers, statementId=identifier)
    assert stored.json["id"] == identifier
    assert stored.headers["X-Experience-API-Version"] == "1.0.3"


def test_post_batch_answers_with_ids_in_order(client, headers):
    named = str(xapi.statement_id())

    answer = send(client, headers, [xapi.statement(), xapi.statement(id=named)])

    assert answer.json[1] == named
    assert count() == 2


def test_put_stores_under_the_id_of_the_parameter(client, headers):
    identifier = str(xapi.statement_id())

    answer = client.put(URL, query_string={"statementId": identifier}, json=xapi.statement(), headers=headers)

    assert (answer.status_code, answer.data) == (204, b"")
    assert get(client, headers, statementId=identifier).json["id"] == identifier


@pytest.mark.parametrize(
    ("parameters", "value"),
    [
        ({}, xapi.statement()),
        ({"statementId": "7"}, xapi.statement()),
        ({"statementId": str(UUID(int=1))}, xapi.statement(id=str(UUID(int=2)))),
        ({"statementId": str(UUID(int=1))}, [xapi.statement()]),
        ({"statementId": str(UUID(int=1)), "extra": "1"}, xapi.statement()),
        ({"statementid": str(UUID(int=1))}, xapi.statement()),
    ],
)
def test_put_without_a_fitting_id_is_refused(client, headers, parameters, value):
    problem(client.put(URL, query_string=parameters, json=value, headers=headers), 400)

    assert count() == 0


def test_post_invalid_names_place_and_clause_and_stores_nothing(client, headers):
    answer = send(client, headers, [xapi.statement(), xapi.statement(verb={"id": "verb"})])

    found = problem(answer, 400)
    assert (found["place"], found["clause"]) == ("statements[1].verb.id", "xAPI 1.0.3 Data 4.3")
    assert found["detail"] == 'statements[1].verb.id: must be an IRI with a scheme, not "verb"'
    assert count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"7", b'"x"', b"\xff", b'{"actor":1,"actor":2}', b"[" * 5000, b"[null]"]
)
def test_post_what_is_no_statement_is_refused(client, headers, body):
    problem(send(client, headers, body), 400)

    assert count() == 0


def test_post_another_statement_under_an_id_conflicts(client, headers):
    identifier = str(xapi.statement_id())
    send(client, headers, xapi.statement(id=identifier))

    again = send(client, headers, xapi.statement(id=identifier))
    other = send(client, headers, [xapi.statement(), xapi.statement(id=identifier, verb=xapi.verb("x"))])

    assert again.json == [identifier]
    assert problem(other, 409)["id"] == identifier
    assert count() == 1


def test_get_exact_brings_every_number_and_letter_as_it_came(client, headers):
    extensions = b'{"https://example.org/x":[1.50,1e2,-0,123456789012345678901234567890,"\\u0000\xd1\x91"]}'
    whole = json.dumps(xapi.statement(result={"extensions": None})).encode().replace(b"null", extensions)
    [identifier] = send(client, headers, whole).json

    assert extensions in get(client, headers, statementId=identifier).data
    assert extensions in get(client, headers, format="ids").data
    assert extensions in get(client, headers, format="canonical").data


def test_get_list_is_a_page_with_a_cursor_that_lasts(client, headers):
    ids = send(client, headers, [xapi.statement() for _ in range(5)]).json
    first = get(client, headers, limit=2, agent=json.dumps(xapi.agent()))

    send(client, headers, xapi.statement())
    second = client.get(first.json["more"], headers=headers)
    third = client.get(second.json["more"], headers=headers)

    found = [[item["id"] for item in page.json["statements"]] for page in (first, second, third)]
    assert found == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert third.json["more"] == ""
    assert first.json["more"].startswith("/xapi/statements?")


def test_get_nothing_found_is_an_empty_list(client, headers):
    assert get(client, headers, verb="http://example.org/unknown").json == {"statements": [], "more": ""}


@pytest.mark.parametrize(
    "parameters",
    [
        {"statementId": "7"},
        {"statementId": str(UUID(int=1)), "voidedStatementId": str(UUID(int=1))},
        {"statementId": str(UUID(int=1)), "limit": "1"},
        {"agent": "{"},
        {"agent": json.dumps({"name": "A"})},
        {"agent": json.dumps({"objectType": "Group", "member": [xapi.agent()]})},
        {"verb": "passed"},
        {"activity": "lesson"},
        {"registration": "7"},
        {"related_agents": "yes"},
        {"since": "yesterday"},
        {"until": "2026-01-01T00:00:00-00:00"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"format": "short"},
        {"ascending": "True"},
        {"Verb": "http://example.org"},
        {"unknown": "1"},
    ],
)
def test_get_with_a_wrong_parameter_is_refused(client, headers, parameters):
    answer = get(client, headers, **parameters)

    problem(answer, 400)
    assert answer.headers["X-Experience-API-Consistent-Through"]


def test_get_parameter_twice_is_refused(client, headers):
    problem(client.get(f"{URL}?limit=1&limit=2", headers=headers), 400)


def test_get_unknown_statement_is_not_found(client, headers):
    problem(get(client, headers, statementId=str(UUID(int=1))), 404)


def test_get_voided_statement_only_by_its_own_parameter(client, headers):
    [identifier] = send(client, headers, xapi.statement()).json
    send(client, headers, xapi.voiding(identifier))

    problem(get(client, headers, statementId=identifier), 404)
    assert get(client, headers, voidedStatementId=identifier).json["id"] == identifier


def test_get_names_newest_stored_and_consistency(client, headers):
    send(client, headers, [xapi.statement(), xapi.statement()])

    answer = get(client, headers, limit=1)

    seq = db.session.scalar(sa.select(sa.func.max(Statement.seq)))
    assert answer.json["statements"][0]["stored"] == moments.stored(seq)
    assert answer.last_modified == moments.moment(seq).replace(microsecond=0)
    assert answer.headers["X-Experience-API-Consistent-Through"] >= moments.stored(seq)


def test_head_is_get_without_a_body(client, headers):
    send(client, headers, xapi.statement())

    answer = client.head(URL, headers=headers)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Experience-API-Consistent-Through"]


def test_get_since_takes_the_stored_of_a_statement(client, headers):
    ids = send(client, headers, [xapi.statement(), xapi.statement()]).json
    stored = get(client, headers, statementId=ids[0]).json["stored"]

    assert [item["id"] for item in get(client, headers, since=stored).json["statements"]] == [ids[1]]


def test_own_statements_are_all_that_read_mine_sees(client, headers):
    mine = xapi.headers("statements/write", "statements/read/mine")
    [foreign] = send(client, headers, xapi.statement()).json
    [own] = send(client, mine, xapi.statement()).json

    assert [item["id"] for item in get(client, mine).json["statements"]] == [own]
    problem(get(client, mine, statementId=foreign), 404)
    assert len(get(client, headers).json["statements"]) == 2


@pytest.mark.parametrize(
    ("scope", "method"),
    [("state", "GET"), ("statements/write", "GET"), ("statements/read", "POST"), ("all/read", "PUT")],
)
def test_without_the_scope_it_is_forbidden(client, headers, scope, method):
    send(client, headers, xapi.statement())

    answer = client.open(URL, method=method, json=xapi.statement(), headers=xapi.headers(scope))

    assert problem(answer, 403)
    assert count() == 1


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Basic", "Basic !!!", "Basic YQ==", "Bearer x", "Basic /w==", "Basic dW5rbm93bjpzZWNyZXQ="],
)
def test_without_credentials_it_is_unauthorized(client, headers, authorization):
    send(client, headers, xapi.statement())
    sent = {"X-Experience-API-Version": "1.0.3"}
    if authorization is not None:
        sent["Authorization"] = authorization

    answer = client.get(URL, headers=sent)

    assert problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_canonical_shows_each_map_in_the_language_that_the_client_prefers(client, headers):
    lesson = {
        **xapi.activity(),
        "definition": {"name": {"en": "Lesson", "ru": "Урок"}, "description": {"en": "d"}},
    }
    verb = {**xapi.verb(), "display": {"ru": "ознакомление", "en": "experienced"}}
    send(client, headers, xapi.statement(verb=verb, object=lesson))

    def shown(wanted):
        [found] = get(client, {**headers, "Accept-Language": wanted}, format="canonical").json["statements"]
        return found["object"]["definition"], found["verb"]["display"]

    russian = {"name": {"ru": "Урок"}, "description": {"en": "d"}}, {"ru": "ознакомление"}
    english = {"name": {"en": "Lesson"}, "description": {"en": "d"}}, {"en": "experienced"}
    assert shown("ru-RU, en;q=0.5") == russian
    assert shown("ru;q=0.1, en-GB;q=0.9") == english
    assert shown("de, en;q=0")[1] == {"ru": "ознакомление"}  # the first, and not what was refused


def test_delete_is_no_method_of_statements(client, headers):
    problem(client.delete(URL, headers=headers), 405)


def test_second_edition_is_answered_as_such(client):
    headers = xapi.headers(version="2.0.0")
    item = {"objectType": "contextAgent", "agent": xapi.agent("peer")}
    answer = send(client, headers, xapi.statement(context={"contextAgents": [item]}))

    assert answer.headers["X-Experience-API-Version"] == "2.0.0"
    old = get(client, xapi.headers(), agent=json.dumps(xapi.agent("peer")), related_agents="true")
    [found] = old.json["statements"]
    assert (found["version"], found["context"]) == ("2.0.0", {"contextAgents": [item]})


def test_content_type_of_another_kind_is_refused(client, headers):
    answer = client.post(
        URL, data=json_text.encode(xapi.statement()), headers={**headers, "Content-Type": "text/plain"}
    )

    problem(answer, 400)


def test_a_batch_is_read_and_checked_before_the_database_is_locked(client, headers, monkeypatch):
    begun, prepare = [], store.prepare

    def look(*args, **options):
        begun.append(db.session().in_transaction())
        return prepare(*args, **options)

    monkeypatch.setattr(store, "prepare", look)

    assert send(client, headers, xapi.statement()).status_code == 200
    assert begun == [False]
