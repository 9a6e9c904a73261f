"""Attachments as parts of multipart/mixed (Communication 1.5.2)."""

import hashlib

import pytest
import sqlalchemy as sa

from academy import storage
from academy.db import db
from academy.xapi import attachments, json_text
from academy.xapi.models import Statement
from tests.factories import xapi

URL = "/xapi/statements"
DATA = b"\x00\xff\r\n--b\r\nhere\r\n"
MIXED = "multipart/mixed; boundary=boundary"
BINARY = {"Content-Type": "text/plain", "Content-Transfer-Encoding": "binary"}


@pytest.fixture
def headers(app):
    return xapi.headers()


def described(data=DATA, algorithm="sha256", **more):
    return {
        "usageType": "x:usage",
        "display": {"en": "File"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": hashlib.new(algorithm, data).hexdigest(),
        **more,
    }


def part(data=DATA, **headers):
    sent = {**BINARY, "X-Experience-API-Hash": hashlib.sha256(data).hexdigest(), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
    return lines.encode() + b"\r\n" + data


def body(statements, *parts, boundary=b"boundary"):
    first = b"Content-Type: application/json\r\n\r\n" + json_text.encode(statements)
    sections = b"".join(b"--%b\r\n%b\r\n" % (boundary, section) for section in (first, *parts))
    return sections + b"--%b--\r\n" % boundary


def send(client, headers, data, content_type=MIXED):
    return client.post(URL, data=data, headers={**headers, "Content-Type": content_type})


def count():
    return db.session.scalar(sa.select(sa.func.count()).select_from(Statement))


@pytest.mark.parametrize("algorithm", ["sha256", "sha224", "sha384", "sha512"])
def test_attachment_is_stored_and_given_back(client, headers, algorithm):
    attachment = described(algorithm=algorithm)
    sent = body(
        xapi.statement(attachments=[attachment]), part(**{"X-Experience-API-Hash": attachment["sha2"]})
    )

    [identifier] = send(client, headers, sent).json
    found = client.get(f"{URL}?statementId={identifier}&attachments=true", headers=headers)

    assert storage.read(attachments.place(attachment["sha2"])) == DATA
    assert found.mimetype == "multipart/mixed"
    assert found.mimetype_params["boundary"].encode() in found.data
    assert b"X-Experience-API-Hash: " + attachment["sha2"].encode() + b"\r\n\r\n" + DATA in found.data
    plain = client.get(f"{URL}?statementId={identifier}", headers=headers)
    assert plain.json["attachments"] == [attachment]


def test_attachment_of_two_statements_is_sent_once(client, headers):
    statement = xapi.statement(attachments=[described()])
    send(client, headers, body([statement, statement], part()))

    found = client.get(f"{URL}?attachments=true", headers=headers)

    assert found.data.count(DATA) == 1


def test_attachment_of_a_sub_statement_counts(client, headers):
    inner = {"objectType": "SubStatement", **xapi.statement(attachments=[described()])}

    assert send(client, headers, body(xapi.statement(object=inner), part())).status_code == 200


@pytest.mark.parametrize("attachment", [None, described(fileUrl="https://example.org/file")])
def test_multipart_without_data_is_accepted(client, headers, attachment):
    statement = xapi.statement(attachments=[attachment] if attachment else None)

    assert send(client, headers, body(statement)).status_code == 200


def test_json_with_an_attachment_needs_a_file_url(client, headers):
    plain = client.post(URL, json=xapi.statement(attachments=[described()]), headers=headers)
    linked = described(fileUrl="https://example.org/file")
    with_url = client.post(URL, json=xapi.statement(attachments=[linked]), headers=headers)

    assert (plain.status_code, with_url.status_code) == (400, 200)


STATEMENT = xapi.statement(attachments=[described()])


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (body(STATEMENT), MIXED),
        (body(xapi.statement(), part()), MIXED),
        (body(STATEMENT, part(b"altered")), MIXED),
        (
            body(STATEMENT, part(b"altered", **{"X-Experience-API-Hash": described()["sha2"]})),
            MIXED,
        ),
        (body(STATEMENT, part(**{"X-Experience-API-Hash": ""})), MIXED),
        (body(STATEMENT, part(**{"Content-Transfer-Encoding": ""})), MIXED),
        (
            body(STATEMENT, part(**{"Content-Transfer-Encoding": "base64"})),
            MIXED,
        ),
        (body(STATEMENT, part())[:-20], MIXED),
        (body(STATEMENT, part()), "multipart/mixed; boundary=other"),
        (body(STATEMENT, part()), "multipart/mixed"),
        (body(STATEMENT, part()), "multipart/form-data; boundary=boundary"),
        (body(STATEMENT, b"no end of headers"), MIXED),
        (body(STATEMENT, b"header\r\n\r\n"), MIXED),
        (b"--boundary\r\n\r\n{}\r\n--boundary--", MIXED),
        (b"--boundary x\r\n\r\n{}\r\n--boundary--", MIXED),
        (b"", MIXED),
    ],
)
def test_malformed_multipart_is_refused_and_leaves_nothing(client, headers, data, content_type):
    answer = send(client, headers, data, content_type)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert count() == 0
    assert not storage.exists(attachments.place(described()["sha2"]))
