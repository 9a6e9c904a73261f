"""Named files beside the database: packages, certificates, uploads, attachments.

One interface over two kinds of store, chosen by STORAGE_URL: a folder (`file:…`) or a bucket that speaks S3
(`s3://bucket/prefix`). A key is `folder/…/name`. Files are there whole or not at all, and what was stored
outlives a power loss. Whatever a store refuses or does not answer is StorageGone; only a file that is not
there is FileNotFoundError.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

from flask import Flask, current_app

from academy.storage.bucket import Bucket
from academy.storage.errors import StorageFull, StorageGone, Stored, checked
from academy.storage.folder import Folder

__all__ = ["StorageFull", "StorageGone", "Stored"]

STORES = "academy.stores"


def init_app(app: Flask) -> None:
    """Make the folder of a local store; a bucket is asked for nothing before it is used."""
    app.extensions[STORES] = {}
    with app.app_context():
        store = _store()
        if isinstance(store, Folder):
            store.make()


def put(key: str, content: bytes | Iterable[bytes]) -> int:
    """Store a file under a key, whole or not at all, durably; return its size in bytes.

    What the source of the content raises is passed on; the former file then stays.
    """
    return _store().put(checked(key), [content] if isinstance(content, bytes) else content)


def read(key: str) -> bytes:
    """Return a stored file; raises FileNotFoundError."""
    return _store().read(checked(key))


def pieces(key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Return the bytes from `start` up to `end` in pieces, read as they are asked for.

    Raises FileNotFoundError at once. An iterator that is not read to its end should be closed.
    """
    return _store().pieces(checked(key), start, end)


def exists(key: str) -> bool:
    """Say whether a file is stored under the key."""
    return not missing([key])


def missing(keys: Iterable[str]) -> set[str]:
    """Return the keys under which nothing is stored; many are asked for at once."""
    return _store().missing([checked(key) for key in keys])


def size(key: str) -> int:
    """Return the size of a stored file in bytes; raises FileNotFoundError."""
    return _store().size(checked(key))


def listed(folder: str | None = None) -> Iterator[Stored]:
    """Go through the files whose keys begin with `<folder>/`, or through all, in the order of their keys."""
    return _store().listed(checked(folder) if folder else None)


def delete(*keys: str) -> None:
    """Remove files; missing ones are no error."""
    if keys:
        _store().delete([checked(key) for key in keys])


def put_piece(key: str, start: int, content: bytes) -> None:
    """Keep a piece of a file that arrives in pieces, durably; it may come again, and by another node."""
    _store().put_piece(checked(key), start, content)


def on_disk(key: str, *, size: int) -> AbstractContextManager[Path]:
    """Lend a file, stored whole or in pieces, as a file of this machine for as long as the context lasts.

    Raises FileNotFoundError where it does not have that size.
    """
    return _store().on_disk(checked(key), size)


def delete_with_pieces(key: str) -> None:
    """Remove a file and what has arrived of it in pieces."""
    _store().delete_with_pieces(checked(key))


def tidy(before: float) -> None:
    """Remove what killed processes left half-written before a moment (seconds since 1970)."""
    _store().tidy(before)


def check() -> str | None:
    """Write, read and delete a file; return what is wrong, in a sentence, or None."""
    key, content = f"checks/{uuid4()}", b"the store works"
    try:
        put(key, content)
        found = read(key)
        delete(key)
    except StorageGone as error:
        return error.cause
    except FileNotFoundError:
        return "what was written is not there"
    return None if found == content else "what was written is not what was read"


def place() -> str:
    """Return where the files are, as a person would say it; without secrets."""
    return _store().place


def _store() -> Folder | Bucket:
    """Return the store of the present settings; connections are kept."""
    stores: dict[str, Folder | Bucket] = current_app.extensions[STORES]
    url = str(current_app.config["STORAGE_URL"])
    if url not in stores:
        is_bucket = url.startswith("s3:")
        stores[url] = (
            Bucket(url, current_app.config) if is_bucket else Folder(Path(url.removeprefix("file:")))
        )
    return stores[url]
