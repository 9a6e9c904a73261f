"""Statements with the data of their attachments as multipart/mixed (xAPI 1.0.3 Communication 1.5)."""

import secrets
from dataclasses import dataclass, field

from flask import Response
from werkzeug.http import parse_options_header

from academy import storage
from academy.xapi import attachments, json_text
from academy.xapi.attachments import Part
from academy.xapi.errors import XapiInvalid
from academy.xapi.json_text import Json
from academy.xapi.resources.calls import Call

CLAUSE = "xAPI 1.0.3 Communication 1.5.2"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent: the JSON value of its statements, and the data of attachments."""

    value: object
    parts: list[Part] = field(default_factory=list)


def read(call: Call) -> Sent:
    """Return what was sent as JSON or multipart/mixed; raises XapiInvalid."""
    media_type, options = parse_options_header(call.content_type)
    if media_type.lower() == JSON:
        return Sent(json_text.decode(call.body))
    if media_type.lower() != "multipart/mixed":
        raise XapiInvalid(
            f"statements come as {JSON} or multipart/mixed", clause="xAPI 1.0.3 Communication 1.5"
        )
    boundary = options.get("boundary", "")
    if not 0 < len(boundary) <= 70:
        raise XapiInvalid("multipart/mixed needs a boundary", clause=CLAUSE)
    first, *others = [_split(part) for part in _parts(call.body, boundary.encode())]
    if parse_options_header(first[0].get("content-type", ""))[0].lower() != JSON:
        raise XapiInvalid(f"the first part holds the statements as {JSON}", clause=CLAUSE)
    return Sent(json_text.decode(first[1]), [_attachment(*part) for part in others])


def written(text: bytes, statements: list[Json]) -> Response:
    """Answer with statements and the data of all their attachments that is here."""
    boundary = secrets.token_hex(16).encode()
    pieces = [b"--%b\r\nContent-Type: application/json\r\n\r\n%b" % (boundary, text)]
    seen: set[str] = set()
    for attachment in attachments.described_by(statements):
        sha2 = str(attachment["sha2"])
        if sha2.lower() in seen or not storage.exists(attachments.place(sha2)):
            continue
        seen.add(sha2.lower())
        head = (
            f"--{boundary.decode()}\r\nContent-Type: {attachment['contentType']}\r\n"
            f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        )
        pieces.append(head.encode() + storage.read(attachments.place(sha2)))
    body = b"\r\n".join(pieces) + b"\r\n--%b--\r\n" % boundary
    return Response(body, content_type=f"multipart/mixed; boundary={boundary.decode()}")


def _parts(body: bytes, boundary: bytes) -> list[bytes]:
    """Cut a body at its delimiters (RFC 2046 5.1.1)."""
    delimiter = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise XapiInvalid("the multipart body does not end with its boundary", clause=CLAUSE)
    found = []
    for piece in pieces[1:-1]:
        padding, separator, content = piece.partition(b"\r\n")
        if not separator or padding.strip(b" \t"):
            raise XapiInvalid("a line of the multipart body only resembles the boundary", clause=CLAUSE)
        found.append(content)
    return found


def _split(part: bytes) -> tuple[dict[str, str], bytes]:
    if part.startswith(b"\r\n"):
        return {}, part[2:]
    head, separator, content = part.partition(b"\r\n\r\n")
    if not separator:
        raise XapiInvalid("a part of the multipart body has no end of its headers", clause=CLAUSE)
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name.strip().lower() in headers:
            raise XapiInvalid("a header of a part cannot be read or stands twice", clause=CLAUSE)
        headers[name.strip().lower()] = value.strip()
    return headers, content


def _attachment(headers: dict[str, str], data: bytes) -> Part:
    if headers.get("content-transfer-encoding", "").lower() != "binary":
        raise XapiInvalid("attachments have Content-Transfer-Encoding: binary", clause=CLAUSE)
    if "x-experience-api-hash" not in headers:
        raise XapiInvalid("attachments have the header X-Experience-API-Hash", clause=CLAUSE)
    return Part(headers["x-experience-api-hash"], data)
