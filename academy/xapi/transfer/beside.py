"""The folder beside a file of statements, with the data of attachments, each under its hash."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from academy import storage
from academy.errors import Invalid
from academy.xapi import attachments
from academy.xapi.json_text import Json

CHUNK = 262_144
MARK = b'"attachments"'


def folder_of(file: Path) -> Path:
    """Return the folder that stands beside a file of statements."""
    return file.with_name(f"{file.name}.attachments")


def put_out(folder: Path, sha2: str) -> bool:
    """Write the data of a hash into the folder, whole or not at all; False where the store has none."""
    path = folder / sha2[:2] / sha2
    if path.exists():
        return True
    try:
        pieces = storage.pieces(attachments.place(sha2))
    except FileNotFoundError:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{sha2}.part")
    with draft.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return True


def checked(folder: Path | None, statement: Json) -> None:
    """Raise Invalid where data that a statement needs is neither here nor beside, or is not what it says."""
    for sha2, needed in _described([statement]).items():
        path = _found(folder, sha2)
        if path is None and needed and not storage.exists(attachments.place(sha2)):
            raise Invalid(f"the data of attachment {sha2} is missing")
        if path is not None and not storage.exists(attachments.place(sha2)):
            for _ in _verified(path, sha2):
                pass


def take_in(folder: Path | None, statements: Iterable[Json]) -> int:
    """Store the data of attachments that is beside and not here yet; return how many files."""
    paths = {sha2: _found(folder, sha2) for sha2 in _described(statements)}
    missing = storage.missing(attachments.place(sha2) for sha2, path in paths.items() if path)
    wanted = [(sha2, path) for sha2, path in paths.items() if path and attachments.place(sha2) in missing]
    for sha2, path in wanted:
        storage.put(attachments.place(sha2), _verified(path, sha2))
    return len(wanted)


def hashes(statements: Iterable[Json]) -> set[str]:
    """Return the hashes of all attachments that statements describe, in lower case."""
    return set(_described(statements))


def _described(statements: Iterable[Json]) -> dict[str, bool]:
    """Return, by hash, whether the data has to be there: where no `fileUrl` says where else it is."""
    found: dict[str, bool] = {}
    for attachment in attachments.described_by(statements):
        sha2 = str(attachment["sha2"]).lower()
        found[sha2] = found.get(sha2, False) or "fileUrl" not in attachment
    return found


def _found(folder: Path | None, sha2: str) -> Path | None:
    path = folder / sha2[:2] / sha2 if folder else None
    return path if path and path.is_file() else None


def _verified(path: Path, sha2: str) -> Iterator[bytes]:
    """Read a file in pieces; raises Invalid at its end where it does not have the hash it is named by."""
    digest = hashlib.new(attachments.ALGORITHMS[len(sha2)])
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha2:
        raise Invalid(f"{path} does not have the hash that it is named by")
