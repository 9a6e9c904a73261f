"""Attachments as parts of multipart/mixed (Communication 1.5.2)."""

import hashlib
import io
import tracemalloc

import pytest
import sqlalchemy as sa

from academy import storage
from academy.db import db
from academy.xapi import attachments, json_text
from academy.xapi.models import Statement
from academy.xapi.resources import sections
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


class Flowing(io.RawIOBase):
    """A body that is made as it is read."""

    def __init__(self, pieces):
        self._pieces, self._left = iter(pieces), b""

    def readable(self):
        return True

    def readinto(self, buffer):
        self._left = self._left or next(self._pieces, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


PIECE, PIECES = b"\r\n--bound" * 10_000, 560
LARGE = len(PIECE) * PIECES
AT_ONCE = 6_000_000


def large_hash():
    digest = hashlib.sha256()
    for _ in range(PIECES):
        digest.update(PIECE)
    return digest.hexdigest()


def send_large(client, headers, sha2):
    statement = xapi.statement(attachments=[{**described(), "length": LARGE, "sha2": sha2}])
    before, after = body(statement, part(b"", **{"X-Experience-API-Hash": sha2})).split(
        sha2.encode() + b"\r\n\r\n"
    )
    opening = before + sha2.encode() + b"\r\n\r\n"
    return client.post(
        URL,
        environ_overrides={
            "wsgi.input": Flowing([opening, *([PIECE] * PIECES), after]),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
        headers={**headers, "Content-Type": MIXED},
    )


def test_large_attachment_does_not_pass_through_memory(client, headers):
    """50 MB go in and come out while Python holds less than a ninth of it."""
    assert LARGE > 50_000_000
    sha2 = large_hash()

    tracemalloc.start()
    try:
        answer = send_large(client, headers, sha2)
        assert (answer.status_code, tracemalloc.get_traced_memory()[1] < AT_ONCE) == (200, True)
        tracemalloc.reset_peak()
        found = client.get(f"{URL}?attachments=true", headers=headers, buffered=False)
        size, digest = 0, hashlib.sha256()
        for piece in found.iter_encoded():
            size += len(piece)
            digest.update(piece)
        found.close()
        assert tracemalloc.get_traced_memory()[1] < AT_ONCE
    finally:
        tracemalloc.stop()
    assert (found.status_code, found.content_length) == (200, size)
    assert size > LARGE
    assert storage.size(attachments.place(sha2)) == LARGE


def test_large_attachment_of_another_hash_leaves_nothing(client, headers, app):
    answer = send_large(client, headers, "0" * 64)

    assert (answer.status_code, count(), list(storage.listed())) == (400, 0, [])


def test_conflict_leaves_no_data_behind(client, headers):
    identifier = str(xapi.statement_id())
    xapi.stored(xapi.statement(id=identifier))
    db.session.commit()
    other = xapi.statement(id=identifier, verb=xapi.verb("other"), attachments=[described()])

    assert send(client, headers, body(other, part())).status_code == 409
    assert list(storage.listed()) == []


def test_multipart_has_a_limit_of_its_own(client, headers, app, monkeypatch):
    monkeypatch.setattr("academy.xapi.resources.calls.LARGEST_BODY", 1000)
    monkeypatch.setitem(app.config, "XAPI_ATTACHMENTS_LIMIT_MB", 1)
    statement = xapi.statement(attachments=[described()])
    long = xapi.statement(attachments=[described()], result={"response": "x" * 2000})
    data = b"x" * 1_000_000

    assert send(client, headers, body(statement, part())).status_code == 200
    too_long = send(client, headers, body(long, part()))
    assert (too_long.status_code, "statements hold" in too_long.json["detail"]) == (413, True)
    too_large = send(client, headers, body(statement, part(data)))
    assert (too_large.status_code, "1000000" in too_large.json["detail"]) == (413, True)


def test_head_of_attachments_names_the_length(client, headers):
    send(client, headers, body(STATEMENT, part()))
    url = f"{URL}?attachments=true"

    head, whole = client.head(url, headers=headers), client.get(url, headers=headers)

    assert (head.status_code, head.data, head.content_length) == (200, b"", len(whole.data))


def test_media_type_of_an_attachment_adds_no_headers(client, headers):
    statement = xapi.statement(attachments=[described(contentType="text/plain; a=b\r\nX-Added: yes")])
    send(client, headers, body(statement, part()))

    found = client.get(f"{URL}?attachments=true", headers=headers)

    assert b"Content-Type: text/plain; a=b X-Added: yes\r\n" in found.data


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_parts_are_found_wherever_the_pieces_end(size):
    whole = b"preamble\r\n" + body({}, part(), part(b""), b"\r\n\r\nno headers") + b"epilogue"
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]

    found = [(one.headers, b"".join(one.content)) for one in sections.of(pieces, b"boundary")]

    assert [content for _, content in found] == [b"{}", DATA, b"", b"\r\nno headers"]
    assert found[0][0] == {"content-type": "application/json"}
