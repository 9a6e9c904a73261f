"""Data of attachments, kept once for each hash beside the database (xAPI 1.0.3 Data 2.4.11)."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from academy import storage
from academy.xapi.errors import XapiInvalid
from academy.xapi.json_text import Json

CLAUSE = "xAPI 1.0.3 Communication 1.5.2"
FOLDER = "attachments"

PIECE = 262_144

#: The members of the SHA-2 family, by the length of their hexadecimal form.
ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass(frozen=True, slots=True)
class Part:
    """Data that came with statements, under the hash that its header declares, and where it waits.

    All data of a request waits in one file, each part from `start` on; `found` is the hash that it has.
    """

    sha2: str
    found: str
    file: IO[bytes]
    start: int
    size: int

    def pieces(self) -> Iterator[bytes]:
        """Go through the data."""
        for start in range(self.start, self.start + self.size, PIECE):
            self.file.seek(start)
            yield self.file.read(min(PIECE, self.start + self.size - start))


def kept(sha2: str, pieces: Iterable[bytes], file: IO[bytes]) -> Part:
    """Write data at the end of a file while its hash is taken."""
    algorithm = ALGORITHMS.get(len(sha2))
    digest = hashlib.new(algorithm) if algorithm else None
    start = file.seek(0, os.SEEK_END)
    for piece in pieces:
        file.write(piece)
        if digest:
            digest.update(piece)
    return Part(sha2, digest.hexdigest() if digest else "", file, start, file.tell() - start)


def received_attachments(statements: Iterable[Json], parts: Sequence[Part]) -> None:
    """Store the data that statements describe; raises XapiInvalid where data is missing, unasked or altered.

    Files are written last of all that can be refused, but before the statements: what a killed server leaves
    behind is found by its hash and used by the next request.
    """
    described = list(described_by(statements))
    by_hash = {part.sha2.lower(): part for part in parts}
    for attachment in described:
        if "fileUrl" not in attachment and str(attachment["sha2"]).lower() not in by_hash:
            raise XapiInvalid(f"the data of attachment {attachment['sha2']} is missing", clause=CLAUSE)
    asked = {str(attachment["sha2"]).lower(): attachment for attachment in described}
    for sha2, part in by_hash.items():
        if sha2 not in asked:
            raise XapiInvalid(f"no statement describes the attachment {sha2[:128]}", clause=CLAUSE)
        if part.found != sha2:
            raise XapiInvalid(f"the data does not have the hash {part.sha2[:128]}", clause=CLAUSE)
    places = {place(sha2): part for sha2, part in by_hash.items()}
    for key in storage.missing(places) if places else ():
        storage.put(key, places[key].pieces())


def described_by(statements: Iterable[Json]) -> Iterator[Json]:
    """Go through the attachment objects of statements and of their SubStatements."""
    for statement in statements:
        listed = statement.get("attachments")
        if isinstance(listed, list):
            yield from listed
        target = statement.get("object")
        if isinstance(target, dict) and target.get("objectType") == "SubStatement":
            yield from described_by([target])


def place(sha2: str) -> str:
    """Return the key under which the data of a hash is stored."""
    return f"{FOLDER}/{sha2[:2].lower()}/{sha2.lower()}"
