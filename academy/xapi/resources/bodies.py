"""The body of a request: read once and as it comes, unpacked where it was compressed, within a limit.

It is read after the client is known, so that strangers fill neither memory nor disk.
"""

import sys
import zlib
from collections.abc import Iterable, Iterator

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from academy.errors import TooLarge
from academy.xapi.errors import EncodingUnknown, XapiInvalid

CLAUSE = "xAPI 1.0.3 Communication 1.4"
CHUNK = 65_536
GZIP = zlib.MAX_WBITS | 16

#: What is read of a body that nobody asked for, so that the connection can be used again.
LEFT_OVER = 1_000_000


class Body:
    """What a request holds; raises TooLarge, and XapiInvalid where it is broken."""

    def __init__(self, pieces: Iterable[bytes], *, declared: int = 0) -> None:
        """Take the pieces, and how many bytes are announced."""
        self._pieces = iter(pieces)
        self._declared = declared

    def pieces(self, *, most: int) -> Iterator[bytes]:
        """Go through what has not been read, up to `most` bytes; what is announced as more is not begun."""
        size = self._declared
        if size <= most:
            size = 0
            for piece in self._pieces:
                size += len(piece)
                if size > most:
                    break
                yield piece
        if size > most:
            raise TooLarge(f"such a request holds at most {most} bytes")

    def whole(self, *, most: int) -> bytes:
        """Return all of it."""
        return b"".join(self.pieces(most=most))

    def drain(self) -> None:
        """Read what is left, if that is little, and forget it."""
        try:
            self.whole(most=LEFT_OVER)
        except (TooLarge, EncodingUnknown, XapiInvalid):
            return


def received(request: Request) -> Body:
    """Return the body of a request without reading it."""
    request.max_content_length = sys.maxsize  # who reads says how much it may be
    declared = request.content_length or 0
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    pieces = _sent(request, declared)
    if encoding in {"", "identity"}:
        return Body(pieces, declared=declared)
    if encoding in {"gzip", "x-gzip"}:
        return Body(_unpacked(pieces), declared=declared)
    return Body(_refused(encoding))


def _sent(request: Request, declared: int) -> Iterator[bytes]:
    """Go through what arrives; the server takes a connection that broke off for the end of the body."""
    size = 0
    try:
        while piece := request.stream.read(CHUNK):
            size += len(piece)
            yield piece
    except ClientDisconnected:
        size = -1
    if size < declared:
        raise XapiInvalid(f"the connection ended before all {declared} bytes had come", clause=CLAUSE)


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip (RFC 1952), which may consist of several members, in pieces of a bounded size."""
    member = zlib.decompressobj(GZIP)
    try:
        for piece in pieces:
            data = piece
            while data:
                if member.eof:
                    member = zlib.decompressobj(GZIP)
                yield member.decompress(data, CHUNK)
                data = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise XapiInvalid(f"the body is not gzip: {error}", clause=CLAUSE) from error
    if not member.eof:
        raise XapiInvalid("the gzip of the body has no end", clause=CLAUSE)


def _refused(encoding: str) -> Iterator[bytes]:
    raise EncodingUnknown(f"the body comes as {encoding[:40]!r}, only gzip and identity are read here")
    yield b""
