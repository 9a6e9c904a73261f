"""The alternate request syntax (Communication 1.3)."""

import io
import json
from urllib.parse import urlencode

import pytest

from tests.factories import xapi

URL = "/xapi/statements"


@pytest.fixture
def fields(app):
    """Return the headers of a client, as form fields."""
    return xapi.headers()


def post(client, method, **form):
    query = f"?method={method}" if "?" not in method else method
    return client.post(
        f"{URL}{query}", data=urlencode(form), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )


def test_put_and_get_hide_in_a_form(client, fields):
    identifier = str(xapi.statement_id())
    content = json.dumps(xapi.statement(result={"response": "ответ & more"}))

    stored = post(client, "PUT", statementId=identifier, content=content, **fields)
    found = post(client, "GET", statementId=identifier, **fields)

    assert stored.status_code == 204
    assert (found.status_code, found.json["result"]) == (200, {"response": "ответ & more"})


def test_headers_of_the_form_win(client, fields):
    answer = client.post(
        f"{URL}?method=GET",
        data=urlencode({"X-Experience-API-Version": "0.9"}),
        headers={**fields, "Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 400


def test_parameters_beside_the_method_are_refused(client, fields):
    assert post(client, "?method=GET&limit=1", **fields).status_code == 400


def test_second_edition_has_no_alternate_syntax(client, fields):
    assert post(client, "GET", **{**fields, "X-Experience-API-Version": "2.0.0"}).status_code == 400


def test_form_without_content_or_with_broken_text_is_refused(client, fields):
    assert post(client, "PUT", statementId=str(xapi.statement_id()), **fields).status_code == 400
    broken = client.post(f"{URL}?method=GET", data=b"a=%ff", headers=fields)
    assert broken.status_code == 400


def test_method_that_the_resource_has_not_is_refused(client, fields):
    assert post(client, "DELETE", **fields).status_code == 405


def test_method_on_another_request_is_an_unknown_parameter(client, fields):
    assert client.get(f"{URL}?method=GET", headers=fields).status_code == 400


def test_body_above_the_limit_is_too_large(client, fields, monkeypatch):
    monkeypatch.setattr("academy.xapi.resources.calls.LARGEST_BODY", 10)

    answer = client.post(URL, json=xapi.statement(), headers=fields)

    assert answer.status_code == 413


def test_body_without_a_length_is_limited_too(client, fields, monkeypatch):
    monkeypatch.setattr("academy.xapi.resources.calls.LARGEST_BODY", 10)

    answer = client.post(
        URL,
        input_stream=io.BytesIO(json.dumps(xapi.statement()).encode()),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        headers={**fields, "Content-Type": "application/json"},
    )

    assert answer.status_code == 413
