"""Bringing a backup back into an empty instance, on whatever database and store that has."""

import gzip
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy import operation
from academy.backup import archive, files, rows
from academy.backup.archive import Archive
from academy.backup.errors import BadArchive, NotEmpty
from academy.backup.rows import Form
from academy.db import db
from academy.storage import StorageGone
from academy.transactions import Turn, take

log = logging.getLogger(__name__)

AT_ONCE = 500
LONGEST_LINE = 1_073_741_824

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Restored:
    """What came back: rows and files, the IRI base, and what an operator has to know."""

    rows: int
    files: int
    iri_base: str
    revision: str
    notes: tuple[str, ...]


def check(path: Path, *, progress: Progress = lambda share: None) -> Archive:
    """Read a whole backup and compare it with its own digests; raises BadArchive, OSError."""
    with archive.opened(path) as found:
        _checked(found, progress)
        return found


def restore(path: Path, *, progress: Progress = lambda share: None) -> Restored:
    """Bring a backup back, whole or not at all; then bring the database to the form of this version.

    Files come first, then keys and rows in one transaction: a process that is killed leaves files at most,
    and the same restore may be tried again.

    Raises BadArchive, NotEmpty, StorageGone, OSError; then the instance is as empty as before.
    """
    with archive.opened(path) as found:
        _checked(found, lambda share: progress(0.2 * share))
        revision, forms = _revision(found), rows.forms_told(found.head["tables"])
        notes = _notes(found)
        _refuse_tables(db.engine)
        files.refuse_others(found)
        try:
            _put_files(found, lambda share: progress(0.2 + 0.3 * share))
            with files.keys_put_back(found.members("keys")), db.engine.begin() as connection:
                take(Turn.UPGRADE, connection, patient=True)
                _refuse_tables(connection)
                operation.migrate(connection, revision)
                count = _fill(connection, found, forms, lambda share: progress(0.5 + 0.5 * share))
        except BaseException:
            _take_back(found)
            raise
    operation.upgrade()
    progress(1.0)
    return Restored(count, int(found.manifest["files"]), str(found.head["iri_base"]), revision, notes)


def _take_back(found: Archive) -> None:
    try:
        files.remove(found)
    except StorageGone:
        log.error("files of the backup are left in the store; restoring the same backup again uses them")


def _checked(found: Archive, progress: Progress) -> None:
    total, done = max(found.path.stat().st_size, 1), 0
    for count in found.check():
        done += count
        progress(min(done / total, 1.0))


def _revision(found: Archive) -> str:
    revision = str(found.head.get("revision"))
    if revision not in operation.revisions():
        raise BadArchive(
            _l(
                "The backup is of a newer version of the Academy (%(version)s).",
                version=found.head.get("academy"),
            )
        )
    return revision


def _refuse_tables(bind: sa.Engine | sa.Connection) -> None:
    if set(sa.inspect(bind).get_table_names()) - {"alembic_version"}:
        raise NotEmpty(
            _l(
                "The database holds tables already. A restore needs an empty one: another file or another "
                "database in ACADEMY_DATABASE_URL, without `db upgrade` before."
            )
        )


def _put_files(found: Archive, progress: Progress) -> None:
    total, done = max(int(found.manifest["bytes"]), 1), 0
    for size in files.put_back(found):
        done += size
        progress(min(done / total, 1.0))


def _fill(connection: sa.Connection, found: Archive, forms: dict[str, Form], progress: Progress) -> int:
    told: dict[str, int] = found.manifest["tables"]
    total, done = max(sum(told.values()), 1), 0
    _check_forms(connection, forms)
    counts = dict.fromkeys(forms, 0)
    try:
        with _links_afterwards(connection):
            for form in forms.values():
                connection.execute(sa.delete(form.table))
            for form, values in _batches(found, forms):
                connection.execute(rows.insertion(form, connection.dialect), values)
                counts[form.name] += len(values)
                done += len(values)
                progress(done / total)
            _go_on_counting(connection, forms)
    except (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.StatementError) as error:
        raise BadArchive(
            _l("The rows of the backup do not fit: %(why)s", why=str(error.orig)[:500])
        ) from error
    if counts != told:
        raise BadArchive(_l("The backup lacks rows that it counts."))
    return done


def _batches(found: Archive, forms: dict[str, Form]) -> Iterator[tuple[Form, list[dict[str, Any]]]]:
    for member in found.members("tables"):
        form = forms.get(member.name.partition("/")[0])
        if form is None:
            raise BadArchive(member.name)
        row = rows.decoder(form)
        try:
            with gzip.GzipFile(fileobj=member.content) as lines:
                source = iter(lambda: lines.readline(LONGEST_LINE), b"")  # noqa: B023
                while values := [row(line) for line in islice(source, AT_ONCE)]:
                    yield form, values
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise BadArchive(f"{member.name}: {error}") from error


def _check_forms(connection: sa.Connection, forms: dict[str, Form]) -> None:
    """Raise BadArchive unless the tables are those of the database at the backup's revision."""
    inspector = sa.inspect(connection)
    there = {
        name: {column["name"] for column in inspector.get_columns(name)}
        for name in inspector.get_table_names()
        if name in forms
    }
    different = [name for name, form in forms.items() if there.get(name) != set(form.columns)]
    if different:
        raise BadArchive(
            _l("The backup has tables that its version did not have: %(name)s", name=different[0])
        )


@contextmanager
def _links_afterwards(connection: sa.Connection) -> Iterator[None]:
    """Have foreign keys checked once all rows are there, whatever their order."""
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise BadArchive(_l("The backup has rows that lead to nothing."))
        return
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, _definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _go_on_counting(connection: sa.Connection, forms: dict[str, Form]) -> None:
    """Let new rows get numbers after those that came back; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for form in forms.values():
        for column, kind in form.columns.items():
            if kind != "integer":
                continue
            sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(form.name, column)))
            if sequence:
                last = sa.select(sa.func.coalesce(sa.func.max(form.table.c[column]), 0) + 1)
                connection.execute(sa.select(sa.func.setval(sequence, last.scalar_subquery(), False)))


def _notes(found: Archive) -> tuple[str, ...]:
    notes = []
    if found.head.get("secret_key") != "kept":
        notes.append(
            _l("ACADEMY_SECRET_KEY was a setting there and is not in the backup. Give the same one here.")
        )
    elif not files.keeps_secret():
        notes.append(_l("ACADEMY_SECRET_KEY is a setting here, so the key in the backup was left out."))
    for key in found.manifest.get("missing", []):
        notes.append(_l("The store lacked this file when the backup was written: %(key)s", key=key))
    return tuple(str(note) for note in notes)
