"""Named files beside the database: packages, certificates, uploads."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from flask import current_app

CHUNK = 262_144


def put(key: str, content: bytes | Iterable[bytes]) -> int:
    """Store a file under a key, whole or not at all, durably; return its size in bytes."""
    target = _place(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    chunks = [content] if isinstance(content, bytes) else content
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            size = sum(file.write(chunk) for chunk in chunks)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
        _keep_name(target.parent)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return size


def write_at(key: str, offset: int, content: bytes) -> None:
    """Write a piece of a file that arrives in pieces, durably; the file is made where it is missing."""
    place = _place(key)
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def open_file(key: str) -> BinaryIO:
    """Open a stored file for reading; raises FileNotFoundError."""
    return _place(key).open("rb")


def read(key: str) -> bytes:
    """Return a stored file; raises FileNotFoundError."""
    return _place(key).read_bytes()


def exists(key: str) -> bool:
    """Say whether a file is stored under the key."""
    return _place(key).is_file()


def path(key: str) -> Path:
    """Return where a file of a local store lies, for libraries that want a path."""
    return _place(key)


def delete(key: str) -> None:
    """Remove a file; a missing one is no error."""
    _place(key).unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    """Make the name of a new file outlive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _place(key: str) -> Path:
    parts = key.split("/")
    if not key or any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        raise ValueError(f"not a key of the store: {key!r}")
    return Path(str(current_app.config["STORAGE_URL"]).removeprefix("file:")).joinpath(*parts)
