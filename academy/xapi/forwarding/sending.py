"""One request to another record store: statements as they are kept, the data of attachments as a stream."""

import base64
import http.client
import secrets
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _

from academy import storage
from academy.errors import Invalid
from academy.xapi import attachments
from academy.xapi.json_text import Json
from academy.xapi.queries import Row
from academy.xapi.transfer import beside

SECONDS = 30
MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where statements are sent, and as whom."""

    endpoint: str
    version: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other store answered; status 0 where it did not, with the reason."""

    status: int
    said: str

    @property
    def is_received(self) -> bool:
        """Say whether it has the statements now."""
        return 200 <= self.status < 300

    @property
    def is_about_content(self) -> bool:
        """Say whether the statements are the reason, so that the same would be refused again."""
        return self.status in {400, 409, 413, 422}


def checked_endpoint(text: str) -> str:
    """Return an endpoint without the slash at its end; raises Invalid where it is no http(s) address."""
    try:
        parts = urlsplit(text.strip())
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.username is not None or parts.query or parts.fragment:
        raise Invalid(_("An endpoint begins with https:// or http://, as in https://lrs.example.org/xapi."))
    return text.strip().rstrip("/")


def send(place: Place, rows: Sequence[Row]) -> Answer:
    """Send statements in one request; whatever keeps them from arriving is an answer too."""
    try:
        return _ask(place, _Body(rows))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, f"{type(error).__name__}: {error}"[:MOST_SAID])


class _Body:
    """The body of a request, with a length that is known before it is read."""

    def __init__(self, rows: Sequence[Row]) -> None:
        text = b"[" + b",".join(row.payload for row in rows) + b"]"
        described = [row.statement for row in rows if beside.MARK in row.payload]
        files = _files(described)
        self.media_type = "application/json"
        self._parts: list[bytes | str] = [text]
        if files:
            boundary = secrets.token_hex(16)
            self.media_type = f"multipart/mixed; boundary={boundary}"
            head = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n"
            self._parts = [head.encode() + text]
            for sha2, media_type in files.items():
                self._parts += [_head(boundary, sha2, media_type), attachments.place(sha2)]
            self._parts.append(f"\r\n--{boundary}--\r\n".encode())

    @property
    def length(self) -> int:
        return sum(len(part) if isinstance(part, bytes) else storage.size(part) for part in self._parts)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from storage.pieces(part)


def _files(statements: Sequence[Json]) -> dict[str, str]:
    """Return the media types of the attachments whose data is here, by hash."""
    found = {
        str(one["sha2"]).lower(): str(one["contentType"]) for one in attachments.described_by(statements)
    }
    gone = storage.missing(attachments.place(sha2) for sha2 in found)
    return {sha2: kind for sha2, kind in found.items() if attachments.place(sha2) not in gone}


def _head(boundary: str, sha2: str, media_type: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: binary\r\n"
        f"X-Experience-API-Hash: {sha2}\r\n\r\n"
    ).encode()


def _ask(place: Place, body: _Body) -> Answer:
    parts = urlsplit(place.endpoint)
    connection = _connection(parts.scheme, str(parts.hostname), parts.port)
    token = base64.b64encode(f"{place.key}:{place.secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {token}",
        "X-Experience-API-Version": place.version,
        "Content-Type": body.media_type,
        "Content-Length": str(body.length),
    }
    try:
        connection.request("POST", f"{parts.path}/statements", body=iter(body), headers=headers)
        answer = connection.getresponse()
        said = answer.read(MOST_SAID).decode(errors="replace")
        return Answer(answer.status, f"{answer.status} {answer.reason}: {said}"[:MOST_SAID])
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=SECONDS)
