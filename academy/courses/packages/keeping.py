"""The files of a package in storage: each under the hash of its content, so equal files are kept once."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from academy import storage
from academy.courses.models import PackageFile
from academy.courses.packages import checking
from academy.courses.packages.archive import Archive, open_archive
from academy.courses.packages.checking import Report
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.limits import CHUNK
from academy.db import db
from academy.transactions import Turn, take

SMALL = 1_000_000
WRITERS = 8
STEPS = 50


@dataclass(frozen=True)
class KeptFile:
    """A file as it is kept."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Kept:
    """A package whose files are in storage: what `report` says of it, and the hash of the zip."""

    report: Report
    sha256: str
    files: tuple[KeptFile, ...]
    new: frozenset[str]


def storage_key(sha256: str) -> str:
    """Return where the content of a hash lies."""
    return f"packages/{sha256[:2]}/{sha256}"


def keep(path: Path, *, filename: str, progress: Callable[[float], None]) -> Kept:
    """Check a package and put its files into storage, whole or not at all; raises PackageRefused.

    Nothing is written before the manifest is accepted; at the first bad file everything new is removed again.
    Touches the database only to clean up, so no transaction should be open.
    """
    sha256 = _hash_of(path)
    keeper: _Keeper | None = None
    try:
        with open_archive(path) as archive:
            report = checking.examine(archive, filename=filename)
            if not report.accepted:
                raise PackageRefused(report.findings)
            keeper = _Keeper(archive, report, progress)
            report = checking.read_contents(archive, report, sink=keeper.keep)
            keeper.finish()
            return Kept(report, sha256, tuple(keeper.files), frozenset(keeper.new))
    except BaseException:
        if keeper:
            keeper.give_up()
            discard(keeper.new)
        raise


def discard(hashes: set[str] | frozenset[str]) -> None:
    """Remove contents that no package version has; the session must hold no open transaction."""
    if not hashes:
        return
    with db.engine.begin() as connection:
        take(Turn.CONTENTS, connection)  # no import counts on these contents until they are gone
        in_use: set[str] = set()
        ordered = sorted(hashes)
        for start in range(0, len(ordered), 500):
            some = PackageFile.sha256.in_(ordered[start : start + 500])
            in_use.update(connection.scalars(sa.select(PackageFile.sha256).where(some).distinct()))
        storage.delete(*(storage_key(sha256) for sha256 in hashes - in_use))


def are_present(kept: Kept) -> bool:
    """Say whether all contents are in storage still; a failed import of the same may have removed some."""
    return not storage.missing(storage_key(sha256) for sha256 in {file.sha256 for file in kept.files})


class _Keeper:
    """Takes the files of one package as they are read.

    Small files are written by several threads, because each one waits for the disk or the line.
    """

    def __init__(self, archive: Archive, report: Report, progress: Callable[[float], None]) -> None:
        self.files: list[KeptFile] = []
        self.new: set[str] = set()
        self._seen: set[str] = set()
        self._archive = archive
        self._report = report
        self._progress = progress
        self._done = 0
        self._shown = 0
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="keeping")
        self._pending: deque[Future[None]] = deque()

    def keep(self, path: str, pieces: Iterator[bytes]) -> None:
        """Keep one file: a small one from memory, a large one by reading it twice, never by a copy."""
        name = self._report.files[path]
        size = self._archive.entries[name].size
        digest = hashlib.sha256()
        held: list[bytes] = []
        for piece in pieces:
            digest.update(piece)
            if size <= SMALL:
                held.append(piece)
            self._advance(len(piece))
        sha256 = digest.hexdigest()
        self.files.append(KeptFile(path, sha256, size))
        if sha256 in self._seen:
            return
        self._seen.add(sha256)
        if size <= SMALL:
            self._write_beside(sha256, held)
        else:
            self._write(sha256, self._archive.stream(name))

    def finish(self) -> None:
        """Wait until everything is written; raises what went wrong."""
        while self._pending:
            self._pending.popleft().result()
        self._writers.shutdown()

    def give_up(self) -> None:
        """Write no more, and wait for what is being written."""
        self._writers.shutdown(wait=True, cancel_futures=True)

    def _write(self, sha256: str, content: Iterable[bytes]) -> None:
        key = storage_key(sha256)
        if not storage.exists(key):
            self.new.add(sha256)
            storage.put(key, content)

    def _write_beside(self, sha256: str, content: list[bytes]) -> None:
        while len(self._pending) >= 2 * WRITERS:
            self._pending.popleft().result()
        self._pending.append(self._writers.submit(copy_context().run, self._write, sha256, content))

    def _advance(self, count: int) -> None:
        self._done += count
        step = self._done * STEPS // max(1, self._report.content_size)
        if step > self._shown:
            self._shown = step
            self._progress(step / STEPS)


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()
