"""The commands that move statements out of the store and into it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from academy import audit
from academy.commands import json_option, print_json
from academy.db import db, release
from academy.xapi.transfer import beside, exporting, importing
from academy.xapi.transfer.exporting import Exported
from academy.xapi.transfer.importing import Imported, Tell

SCREEN = "-"
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), default=SCREEN, help="File; else the screen."
)
@click.option("--attachments", type=FOLDER, help="Folder of their data; else FILE.attachments.")
def export(output: str, attachments: Path | None) -> None:
    """Write all statements as JSON lines, oldest first, exactly as they are stored.

    A file grows as FILE.part; where that was cut, the same command goes on with it.
    """
    audit.record("xapi.export", target=output)
    db.session.flush()
    release()
    if output == SCREEN:
        done = _write(click.open_file(SCREEN, "wb"), 0, attachments)
    else:
        done = _write_file(Path(output), attachments or beside.folder_of(Path(output)))
    if done.before:
        click.echo(f"Went on after the {done.before} statements that a cut export had written.", err=True)
    if done.missing:
        click.echo(f"The data of {done.missing} attachments is not beside the statements.", err=True)


@click.argument("source", type=click.Path(dir_okay=False, exists=True, allow_dash=True))
@click.option("--attachments", type=FOLDER, help="Folder of their data; else FILE.attachments.")
@json_option
def import_statements(source: str, attachments: Path | None, as_json: bool) -> None:
    """Store the statements of JSON lines, where no line has a fault; else none.

    They are stored in batches; where that was cut, the same command goes on after the last of them.
    """
    if attachments is None and source != SCREEN:
        attachments = beside.folder_of(Path(source))
    with _opened(source) as file:
        done = importing.begin(file)
        began = done.line
        if not began:
            with _bar("Checking", _size(file)) as tell:
                importing.check(file, attachments, tell=tell)
        with _bar("Storing", _size(file)) as tell:
            importing.take_in(file, attachments, done=done, tell=tell)
    facts = {"stored": done.stored, "known": done.known, "attachments": done.files}
    audit.record("xapi.import", target=source, after=facts)
    if as_json:
        print_json({**facts, "resumed_after_line": began, "original_stored": done.keeps})
    else:
        _say(done, began)


def _say(done: Imported, began: int) -> None:
    if began:
        click.echo(f"Went on after line {began}.", err=True)
    click.echo(f"{done.stored} statements stored, {done.known} were here already.")


def _write_file(path: Path, folder: Path) -> Exported:
    after, before = exporting.resumed(path)
    with exporting.begun(path).open("ab") as file:
        done = _write(file, after, folder)
        exporting.finish(file, path)
    done.before = before
    return done


def _write(file: IO[bytes], after: int, folder: Path | None) -> Exported:
    wanted = exporting.all_after(after)
    with click.progressbar(
        length=wanted.count, label="Writing", hidden=not sys.stderr.isatty(), file=sys.stderr
    ) as bar:
        return exporting.write(file, wanted, folder=folder, tell=bar.update)


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    """Open a file; what comes through a pipe is laid down first, for it is read several times."""
    if source != SCREEN:
        with Path(source).open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(click.open_file(SCREEN, "rb"), kept)
        yield kept


@contextmanager
def _bar(label: str, length: int) -> Iterator[Tell]:
    """Show how far a file has been read, on a terminal."""
    with click.progressbar(
        length=length, label=label, hidden=not sys.stderr.isatty(), file=sys.stderr
    ) as bar:
        yield lambda offset: bar.update(offset - bar.pos)


def _size(file: IO[bytes]) -> int:
    return file.seek(0, 2)
