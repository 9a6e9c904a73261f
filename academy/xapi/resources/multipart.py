"""Statements with the data of their attachments as multipart/mixed (xAPI 1.0.3 Communication 1.5).

Attachments pass through memory in pieces only, in both directions.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Response, current_app, stream_with_context
from werkzeug.http import parse_options_header

from academy import storage
from academy.errors import TooLarge
from academy.xapi import attachments, json_text
from academy.xapi.attachments import Part
from academy.xapi.errors import XapiInvalid
from academy.xapi.json_text import Json
from academy.xapi.resources import calls, sections
from academy.xapi.resources.calls import Call
from academy.xapi.resources.sections import Section

CLAUSE = "xAPI 1.0.3 Communication 1.5.2"
JSON = "application/json"

#: Data of attachments up to here waits in memory, more in a file without a name beside the database.
SMALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: the JSON value of its statements, and the data of attachments."""

    value: object
    parts: list[Part] = field(default_factory=list)


@contextmanager
def read(call: Call) -> Iterator[Sent]:
    """Give what came as JSON or multipart/mixed, data only until the end; raises XapiInvalid, TooLarge."""
    media_type, options = parse_options_header(call.content_type)
    if media_type.lower() == JSON:
        yield Sent(json_text.decode(call.content()))
        return
    if media_type.lower() != "multipart/mixed":
        raise XapiInvalid(
            f"statements come as {JSON} or multipart/mixed", clause="xAPI 1.0.3 Communication 1.5"
        )
    boundary = options.get("boundary", "")
    if not 0 < len(boundary) <= 70:
        raise XapiInvalid("multipart/mixed needs a boundary", clause=CLAUSE)
    with SpooledTemporaryFile(SMALL, dir=str(current_app.config["INSTANCE_PATH"])) as file:
        yield _received(call, boundary.encode(errors="replace"), file)


def written(text: bytes, statements: list[Json]) -> Response:
    """Answer with statements and the data of all their attachments that is here."""
    boundary = secrets.token_hex(16).encode()
    first = b"--%b\r\nContent-Type: application/json\r\n\r\n%b" % (boundary, text)
    others: list[tuple[bytes, str]] = []
    last = b"\r\n--%b--\r\n" % boundary
    length = len(first) + len(last)
    for sha2, (media_type, size) in _stored(statements).items():
        head = (
            f"\r\n--{boundary.decode()}\r\nContent-Type: {' '.join(media_type.split())}\r\n"
            f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        ).encode()
        others.append((head, attachments.place(sha2)))
        length += len(head) + size
    body = stream_with_context(_flowing(first, others, last))
    answer = Response(body, content_type=f"multipart/mixed; boundary={boundary.decode()}")
    answer.content_length = length
    return answer


def _received(call: Call, boundary: bytes, file: IO[bytes]) -> Sent:
    most = int(str(current_app.config["XAPI_ATTACHMENTS_LIMIT_MB"])) * 1_000_000
    found = sections.of(call.body.pieces(most=most), boundary)
    first = next(found)
    if parse_options_header(first.headers.get("content-type", ""))[0].lower() != JSON:
        raise XapiInvalid(f"the first part holds the statements as {JSON}", clause=CLAUSE)
    value = json_text.decode(_bounded(first.content))
    return Sent(value, [_attachment(section, file) for section in found])


def _bounded(content: Iterator[bytes]) -> bytes:
    held = bytearray()
    for piece in content:
        held += piece
        if len(held) > calls.LARGEST_BODY:
            raise TooLarge(f"statements hold at most {calls.LARGEST_BODY} bytes")
    return bytes(held)


def _attachment(section: Section, file: IO[bytes]) -> Part:
    if section.headers.get("content-transfer-encoding", "").lower() != "binary":
        raise XapiInvalid("attachments have Content-Transfer-Encoding: binary", clause=CLAUSE)
    if "x-experience-api-hash" not in section.headers:
        raise XapiInvalid("attachments have the header X-Experience-API-Hash", clause=CLAUSE)
    return attachments.kept(section.headers["x-experience-api-hash"], section.content, file)


def _stored(statements: list[Json]) -> dict[str, tuple[str, int]]:
    """Return media type and size of the attachments whose data is here, by their hashes."""
    described = {
        str(attachment["sha2"]).lower(): attachment for attachment in attachments.described_by(statements)
    }
    missing = storage.missing(map(attachments.place, described)) if described else ()
    return {
        str(attachment["sha2"]): (str(attachment["contentType"]), storage.size(attachments.place(sha2)))
        for sha2, attachment in described.items()
        if attachments.place(sha2) not in missing
    }


def _flowing(first: bytes, others: list[tuple[bytes, str]], last: bytes) -> Iterator[bytes]:
    yield first
    for head, key in others:
        yield head
        yield from storage.pieces(key)
    yield last
