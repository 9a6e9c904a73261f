"""Cut a multipart body into its parts as it comes (RFC 2046 5.1.1); no part need fit into memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from academy.xapi.errors import XapiInvalid

CLAUSE = "xAPI 1.0.3 Communication 1.5.2"
LONGEST_HEAD = 16_384
MOST_SECTIONS = 10_000


@dataclass(frozen=True, slots=True)
class Section:
    """A part: its headers, names in lower case, and its bytes, to be read before the next part."""

    headers: dict[str, str]
    content: Iterator[bytes]


def of(pieces: Iterable[bytes], boundary: bytes) -> Iterator[Section]:
    """Go through the parts of a body up to its end; raises XapiInvalid."""
    body = _Body(pieces, b"\r\n--" + boundary)
    for _preamble in body.up_to_delimiter():
        continue
    count = 0
    while body.goes_on():
        count += 1
        if count > MOST_SECTIONS:
            raise XapiInvalid(f"the multipart body has more than {MOST_SECTIONS} parts", clause=CLAUSE)
        section = Section(_headers(body.head()), body.up_to_delimiter())
        yield section
        for _unread in section.content:
            continue
    if count == 0:
        raise XapiInvalid("the multipart body has no parts", clause=CLAUSE)
    body.forget_rest()


class _Body:
    """A body with what was read of it and not yet used."""

    def __init__(self, pieces: Iterable[bytes], delimiter: bytes) -> None:
        self._pieces, self._delimiter = iter(pieces), delimiter
        self._held = bytearray(b"\r\n")  # a delimiter may open the body

    def up_to_delimiter(self) -> Iterator[bytes]:
        """Go through what stands before the next delimiter, and past it."""
        keep = len(self._delimiter) - 1
        while (place := self._held.find(self._delimiter)) < 0:
            if len(self._held) > keep:
                yield self._taken(len(self._held) - keep)
            self._read()
        yield self._taken(place)
        self._taken(len(self._delimiter))

    def goes_on(self) -> bool:
        """Read the rest of a delimiter's line; say whether a part follows."""
        while len(self._held) < 2:
            self._read()
        if self._held.startswith(b"--"):
            return False
        if self._taken(self._found(b"\r\n")).strip(b" \t"):
            raise XapiInvalid("a line of the multipart body only resembles the boundary", clause=CLAUSE)
        self._taken(2)
        return True

    def head(self) -> bytes:
        """Read the headers of a part."""
        while len(self._held) < 2:
            self._read()
        if self._held.startswith(b"\r\n"):
            self._taken(2)
            return b""
        place = self._found(b"\r\n\r\n")
        if 0 <= self._held.find(self._delimiter) < place + 4:
            raise XapiInvalid("a part of the multipart body has no end of its headers", clause=CLAUSE)
        head = self._taken(place)
        self._taken(4)
        return head

    def forget_rest(self) -> None:
        """Read what comes after the last part, so that the connection can be used again."""
        for _epilogue in self._pieces:
            continue

    def _found(self, end: bytes) -> int:
        while (place := self._held.find(end, 0, LONGEST_HEAD)) < 0:
            if len(self._held) >= LONGEST_HEAD:
                raise XapiInvalid(
                    f"the headers of a part are longer than {LONGEST_HEAD} bytes", clause=CLAUSE
                )
            self._read()
        return place

    def _read(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            raise XapiInvalid("the multipart body does not end with its boundary", clause=CLAUSE)
        self._held += piece

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n") if head else ():
        name, colon, value = line.partition(":")
        if not colon or name.strip().lower() in headers:
            raise XapiInvalid("a header of a part cannot be read or stands twice", clause=CLAUSE)
        headers[name.strip().lower()] = value.strip()
    return headers
