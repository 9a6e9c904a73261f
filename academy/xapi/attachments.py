"""Data of attachments, kept once for each hash beside the database (xAPI 1.0.3 Data 2.4.11)."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from academy import storage
from academy.xapi.errors import XapiInvalid
from academy.xapi.json_text import Json

CLAUSE = "xAPI 1.0.3 Communication 1.5.2"
FOLDER = "attachments"

#: The members of the SHA-2 family, by the length of their hexadecimal form.
ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass(frozen=True, slots=True)
class Part:
    """Data that came with statements, under the hash that its header declares."""

    sha2: str
    data: bytes


def received_attachments(statements: Iterable[Json], parts: Sequence[Part]) -> None:
    """Store the data that statements describe; raises XapiInvalid where data is missing, unasked or altered.

    Files are written before the statements are: what a failed request leaves behind is found by its hash and
    used by the next one.
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
        _check(part, asked[sha2])
    for sha2, part in by_hash.items():
        if not storage.exists(place(sha2)):
            storage.put(place(sha2), part.data)


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


def _check(part: Part, attachment: Json) -> None:
    algorithm = ALGORITHMS[len(str(attachment["sha2"]))]
    if hashlib.new(algorithm, part.data).hexdigest() != part.sha2.lower():
        raise XapiInvalid(f"the data does not have the hash {part.sha2[:128]}", clause=CLAUSE)
