"""Bodies that come compressed, without a length, too long or broken off."""

import gzip
import io
import json
import zlib

import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi.models import Statement
from tests.factories import xapi

URL = "/xapi/statements"
CHUNKED = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
STATE = "/xapi/activities/state?activityId=x:a&stateId=s&agent=" + json.dumps(xapi.agent()).replace(" ", "")


@pytest.fixture
def headers(app):
    return {**xapi.headers(), "Content-Type": "application/json"}


def encoded(**statement):
    return json.dumps(xapi.statement(**statement)).encode()


def count():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Statement))


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_gzip_is_unpacked(client, headers, coding):
    body = gzip.compress(encoded(result={"response": "ответ"}))

    answer = client.post(URL, data=body, headers={**headers, "Content-Encoding": coding})

    found = client.get(f"{URL}?statementId={answer.json[0]}", headers=headers)
    assert found.json["result"] == {"response": "ответ"}


def test_gzip_of_several_members_is_one_body(client, headers):
    body = encoded()
    packed = gzip.compress(body[:20]) + gzip.compress(body[20:])

    assert client.post(URL, data=packed, headers={**headers, "Content-Encoding": "gzip"}).status_code == 200


def test_gzip_of_unknown_length_is_unpacked(client, headers):
    answer = client.post(
        URL,
        input_stream=io.BytesIO(gzip.compress(encoded())),
        environ_overrides=CHUNKED,
        headers={**headers, "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 200


def test_document_is_kept_unpacked(client, headers):
    data = bytes(range(256)) * 100
    sent = {**headers, "Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}

    assert client.put(STATE, data=gzip.compress(data), headers=sent).status_code == 204
    assert client.get(STATE, headers=headers).data == data


@pytest.mark.parametrize(
    ("coding", "body", "status", "reason"),
    [
        ("gzip", b"no gzip", 400, "not gzip"),
        ("gzip", gzip.compress(encoded())[:-9], 400, "no end"),
        ("gzip", gzip.compress(encoded()) + b"more", 400, "not gzip"),
        ("gzip", b"", 400, "no end"),
        ("gzip", zlib.compress(encoded()), 400, "not gzip"),
        ("br", encoded(), 415, "only gzip"),
        ("gzip, gzip", encoded(), 415, "only gzip"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(client, headers, coding, body, status, reason):
    answer = client.post(URL, data=body, headers={**headers, "Content-Encoding": coding})

    assert (answer.status_code, reason in answer.json["detail"], count()) == (status, True, 0)
    assert answer.headers.get("Accept-Encoding") == ("gzip" if status == 415 else None)


def test_bomb_is_not_unpacked_beyond_the_limit(client, headers, monkeypatch):
    monkeypatch.setattr("academy.xapi.resources.calls.LARGEST_BODY", 1_000_000)
    bomb = gzip.compress(b" " * 10_000_000)

    answer = client.post(URL, data=bomb, headers={**headers, "Content-Encoding": "gzip"})

    assert (len(bomb) < 20_000, answer.status_code) == (True, 413)
    assert "1000000" in answer.json["detail"]


def test_form_of_the_alternate_syntax_may_be_compressed(client, headers):
    form = gzip.compress(b"limit=1")
    sent = {**headers, "Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}

    answer = client.post(f"{URL}?method=GET", data=form, headers=sent)

    assert (answer.status_code, answer.json["statements"]) == (200, [])


@pytest.mark.parametrize("kind", ["application/json", "multipart/mixed; boundary=b", "text/plain"])
def test_body_that_broke_off_is_refused(client, headers, kind):
    """The server takes a lost connection for the end of the body; half a document must not be stored."""
    for url, method in ((URL, "POST"), (STATE, "PUT")):
        answer = client.open(
            url,
            method=method,
            input_stream=io.BytesIO(b'{"half": 1}'),
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "1000"},
            headers={**headers, "Content-Type": kind},
        )
        assert answer.status_code == 400
    assert client.get(STATE, headers=headers).status_code == 404


def test_body_of_a_stranger_is_not_read(client, headers):
    """Nobody without credentials has the server take in what they send."""

    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            self.read_bytes += len(buffer)
            buffer[:] = b" " * len(buffer)
            return len(buffer)

    stream = Endless()
    answer = client.post(
        URL,
        environ_overrides={**CHUNKED, "wsgi.input": stream},
        headers={**headers, "Authorization": "Basic bm9ib2R5Om5vbmU="},
    )

    assert answer.status_code == 401
    assert stream.read_bytes < 2_000_000


def test_answers_are_compressed_where_it_is_worth_it(client, headers):
    ids = client.post(URL, json=[xapi.statement()] * 20, headers=headers).json
    asking = {**headers, "Accept-Encoding": "gzip"}
    large, small = URL, f"{URL}?statementId={ids[0]}&format=ids"

    plain = client.get(large, headers=headers)
    packed, head = client.get(large, headers=asking), client.head(large, headers=asking)

    assert (packed.headers["Content-Encoding"], "Accept-Encoding" in packed.headers["Vary"]) == ("gzip", True)
    assert gzip.decompress(packed.data) == plain.data
    assert (head.data, head.headers["Content-Encoding"]) == (b"", "gzip")
    assert head.headers["Content-Length"] == packed.headers["Content-Length"]
    assert "Content-Encoding" not in client.get(small, headers=asking).headers
