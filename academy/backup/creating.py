"""Writing a backup of the running Academy."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from academy import clock, operation, storage
from academy.backup import archive, files, rows, tables
from academy.backup.archive import FORMAT, Writer
from academy.backup.errors import NotUpgraded
from academy.backup.rows import Form
from academy.db import db, installation
from academy.transactions import reading

PART = 2_097_152
AT_ONCE = 1000
BYTES_OF_A_ROW = 500

#: Told how much of the whole is done, from 0 to 1.
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Written:
    """What a backup holds: rows and files, bytes of the archive, its digest, and files that are missing."""

    rows: int
    files: int
    size: int
    digest: str
    missing: tuple[str, ...]


def create(path: Path, *, progress: Progress = lambda share: None) -> Written:
    """Write a backup into a file, whole or not at all; the Academy may be written to meanwhile.

    Rows are read under one snapshot. Files are written before the rows that name them and never changed, so
    those of the snapshot are there. Raises NotUpgraded, StorageGone.
    """
    with archive.whole_or_not(path) as file, ExitStack() as stack:
        with _snapshot() as connection:
            writer = stack.enter_context(Writer(file, _head(connection)))
            shown = _Shown(progress, _total(connection))
            counts = {form.name: _add_table(writer, connection, form, shown) for form in tables.kept()}
            named = set(files.named(connection))
        kept, missing = _add_files(writer, named, shown)
        for name, content in files.own_keys():
            writer.add(f"keys/{name}", len(content), [content])
        digest = writer.finish({"tables": counts, "files": kept, "missing": missing})
    progress(1.0)
    return Written(sum(counts.values()), kept, path.stat().st_size, digest, tuple(missing))


@contextmanager
def _snapshot() -> Iterator[sa.Connection]:
    """Give a connection that sees one moment of the database throughout."""
    with reading(), db.engine.connect() as connection:
        yield connection


def _head(connection: sa.Connection) -> dict[str, Any]:
    revision = operation.revision_of(connection)
    if revision != operation.revisions()[-1]:
        raise NotUpgraded
    base = connection.scalar(sa.select(installation.c.value).where(installation.c.name == "iri_base"))
    return {
        "format": FORMAT,
        "academy": version("prague-academy"),
        "revision": revision,
        "iri_base": base,
        "created": clock.rfc3339(clock.now()),
        "database": connection.dialect.name,
        "storage": storage.place().partition(":")[0],
        "secret_key": "kept" if files.keeps_secret() else "setting",
        "left_out": sorted(tables.LEFT_OUT),
        "tables": [{"name": form.name, "columns": form.columns} for form in tables.kept()],
    }


def _total(connection: sa.Connection) -> int:
    count = sum(_count(connection, form) for form in tables.kept())
    return count * BYTES_OF_A_ROW + sum(one.size for one in files.kept())


def _count(connection: sa.Connection, form: Form) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(form.table)) or 0


def _add_table(writer: Writer, connection: sa.Connection, form: Form, shown: "_Shown") -> int:
    count = number = size = 0
    lines: list[bytes] = []
    for line in _lines(connection, form):
        lines.append(line)
        size += len(line)
        if size >= PART:
            count, number = count + len(lines), number + 1
            _add_part(writer, form, number, lines)
            shown.more(len(lines) * BYTES_OF_A_ROW)
            lines, size = [], 0
    if lines:
        _add_part(writer, form, number + 1, lines)
        shown.more(len(lines) * BYTES_OF_A_ROW)
    return count + len(lines)


def _lines(connection: sa.Connection, form: Form) -> Iterator[bytes]:
    query = (
        sa.select(*rows.selected(form, tables.instead_of(form)))
        .select_from(form.table)
        .where(tables.rows_of(form))
        .order_by(*tables.order_of(form))
    )
    line = rows.encoder(form)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield line(row)


def _add_part(writer: Writer, form: Form, number: int, lines: list[bytes]) -> None:
    packed = gzip.compress(b"".join(lines), compresslevel=6, mtime=0)
    writer.add(f"tables/{form.name}/{number:05d}.jsonl.gz", len(packed), [packed])


def _add_files(writer: Writer, named: set[str], shown: "_Shown") -> tuple[int, list[str]]:
    count = 0
    for one in files.kept():
        try:
            chunks = storage.pieces(one.key, end=one.size)
            first = next(chunks, b"")
        except FileNotFoundError:
            continue  # removed in the meantime; what a row names is told below
        writer.add(f"files/{one.key}", one.size, chain([first], chunks))
        named.discard(one.key)
        shown.more(one.size)
        count += 1
    return count, sorted(named)


class _Shown:
    """How much is done, told to who watches at each hundredth."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total = progress, max(total, 1)
        self._done, self._told = 0, 0.0

    def more(self, count: int) -> None:
        self._done += count
        share = min(self._done / self._total, 1.0)
        if share - self._told >= 0.01:
            self._told = share
            self._progress(share)
