"""The files and keys of a backup: which there are, which rows name them, and how they come back."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from academy import storage
from academy.backup.archive import CHUNK, Archive, Member
from academy.backup.errors import BadArchive, NotEmpty
from academy.certificates import services as certificates
from academy.certificates.models import Certificate
from academy.courses.models import PackageFile
from academy.courses.packages import keeping
from academy.storage import Stored

#: Files on their way somewhere: whoever sends or asks does so again.
SHORT_LIVED = ("uploads/", "checks/")
KEY_OF_TOKENS = "secret-key"
AT_ONCE = 500
WRITERS = 8
SMALL = CHUNK


def named(connection: sa.Connection) -> Iterator[str]:
    """Go through the keys of files without which rows of the database would be broken."""
    for sha256 in connection.scalars(sa.select(PackageFile.sha256).distinct()):
        yield keeping.storage_key(sha256)
    with_document = sa.select(Certificate.serial).where(Certificate.pdf_sha256 != "")
    for serial in connection.scalars(with_document):
        yield certificates.storage_key(serial)


def kept() -> list[Stored]:
    """Return the files that a backup holds, in the order of their keys."""
    return [one for one in storage.listed() if not one.key.startswith(SHORT_LIVED)]


def put_back(archive: Archive) -> Iterator[int]:
    """Store the files of an archive; yields their sizes. Small ones are written by several threads."""
    pending: deque[Future[int]] = deque()
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="restoring") as writers:
        for member in archive.members("files"):
            if member.size > SMALL:
                storage.put(member.name, iter(lambda: member.content.read(CHUNK), b""))  # noqa: B023
            else:
                while len(pending) >= 2 * WRITERS:
                    pending.popleft().result()
                content = member.content.read()
                pending.append(writers.submit(copy_context().run, storage.put, member.name, content))
            yield member.size
        for one in pending:
            one.result()


def remove(archive: Archive) -> None:
    """Remove the files of an archive from the store again."""
    names = [member.name for member in archive.members("files")]
    for start in range(0, len(names), AT_ONCE):
        storage.delete(*names[start : start + AT_ONCE])


def refuse_others(archive: Archive) -> None:
    """Raise NotEmpty where the store holds a file that is not of this archive.

    Those of the archive itself are what a restore left behind that was killed; it may be tried again.
    """
    there = {one.key for one in storage.listed() if not one.key.startswith(SHORT_LIVED)}
    if there:
        there.difference_update(member.name for member in archive.members("files"))
    if there:
        raise NotEmpty(
            _l(
                "The store holds files already, for instance %(key)s. A restore needs an empty one: another "
                "folder or prefix in ACADEMY_STORAGE_URL.",
                key=min(there),
            )
        )


def own_keys() -> Iterator[tuple[str, bytes]]:
    """Go through the keys in the instance folder: that of sessions and tokens, and those under `keys/`."""
    instance = Path(str(current_app.config["INSTANCE_PATH"]))
    found = [instance / KEY_OF_TOKENS] if _is_own_secret(instance) else []
    folder = instance / "keys"
    if folder.is_dir():
        found += [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    yield from sorted((path.name, path.read_bytes()) for path in found)


def keeps_secret() -> bool:
    """Say whether the key of sessions and tokens is a file of this instance, and not a setting."""
    return _is_own_secret(Path(str(current_app.config["INSTANCE_PATH"])))


@contextmanager
def keys_put_back(members: Iterable[Member]) -> Iterator[None]:
    """Write the keys of an archive; where what follows fails, what was there before is back."""
    instance = Path(str(current_app.config["INSTANCE_PATH"]))
    keeps_own, before = _is_own_secret(instance), {}
    try:
        for member in members:
            if member.name == KEY_OF_TOKENS and not keeps_own:
                continue
            path = (
                instance / KEY_OF_TOKENS if member.name == KEY_OF_TOKENS else instance / "keys" / member.name
            )
            if "/" in member.name or (path.exists() and member.name != KEY_OF_TOKENS):
                raise BadArchive(f"keys/{member.name}")
            before[path] = path.read_bytes() if path.exists() else None
            _write(path, member.content.read())
        yield
    except BaseException:
        for path, content in before.items():
            path.unlink() if content is None else _write(path, content)
        raise


def _is_own_secret(instance: Path) -> bool:
    path = instance / KEY_OF_TOKENS
    return path.is_file() and path.read_text() == current_app.config["SECRET_KEY"]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
