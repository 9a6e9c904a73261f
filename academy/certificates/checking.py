"""What can be said of a number or of a file that claims to be a certificate."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

import sqlalchemy as sa

from academy.certificates import numbering, queries
from academy.certificates.models import Certificate, ErasedSerial
from academy.db import db

MASK = "•"
LETTERS_NEEDED = 2
LARGEST_FILE = 5_000_000
MOST_STREAMS, LARGEST_STREAM = 200, 200_000

# Letters that keyboards elsewhere lack and that Unicode does not take apart.
_PLAIN = str.maketrans("łøđðıқғҳұөңҷ", "loddiкгхуонч")

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SERIAL_IN_PDF = re.compile(rb"PPTA-\d{4}-\d{6,9}-[0-9A-Z]{2}")


@dataclass(frozen=True)
class Check:
    """The outcome: valid, revoked, superseded, altered, erased or unknown.

    Of a number whose holder was erased there is no certificate any more, only the outcome: erased or revoked.
    """

    status: str
    serial: str | None
    certificate: Certificate | None


def number(written: str) -> Check:
    """Check a number, however it is spelt."""
    serial = numbering.parsed(written)
    if serial is None:
        return Check("unknown", None, None)
    found = db.session.scalar(sa.select(Certificate).where(Certificate.serial == serial))
    if found is not None:
        return Check(found.status, serial, found)
    erased = db.session.get(ErasedSerial, serial)
    return Check(erased.status if erased else "unknown", serial, None)


def file(content: bytes) -> Check:
    """Check a document: its digest must be that of one we issued; one that names our number is altered."""
    found = queries.by_digest(sha256(content).hexdigest())
    if found is not None:
        return Check(found.status, found.serial, found)
    for serial in serials_in(content):
        claimed = number(serial)
        if claimed.certificate is not None:
            return Check("altered", claimed.serial, claimed.certificate)
        if claimed.status != "unknown":  # without the document nobody can say whether it was altered
            return claimed
    return Check("unknown", None, None)


def serials_in(pdf: bytes) -> list[str]:
    """Return the numbers that the metadata of a PDF names, its packed parts included."""
    found: set[bytes] = set()
    for part in (pdf, *_unpacked(pdf)):
        found.update(_SERIAL_IN_PDF.findall(part))
    return sorted(serial.decode() for serial in found)


def _unpacked(pdf: bytes) -> Iterator[bytes]:
    for packed in islice(_STREAM.finditer(pdf), MOST_STREAMS):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(packed[1], LARGEST_STREAM)


def masked(name: str) -> str:
    """Return a name of which each word shows its first letter only."""
    return " ".join(word[0] + MASK * (len(word) - 1) for word in name.split())


def knows_name(names: list[str | None], typed: str) -> bool:
    """Say whether typed letters begin a word of one of the names; two letters are the least."""
    wanted = _folded(typed)
    if len(wanted) < LETTERS_NEEDED:
        return False
    words = [word for name in names if name for word in re.split(r"[\s-]+", name)]
    return any(_folded(word).startswith(wanted) for word in words)


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_PLAIN)
