"""All statements, voided and voiding ones too, as JSON lines; a file that was cut is continued."""

import mmap
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from academy import clock
from academy.db import db, reading, release
from academy.errors import Invalid
from academy.xapi import formats, json_text, queries
from academy.xapi.errors import StatementInvalid
from academy.xapi.models import Statement
from academy.xapi.queries import Row
from academy.xapi.transfer import beside

BATCH = 1000

_STATEMENT: Any = Statement.__table__

Tell = Callable[[int], object]


@dataclass(slots=True)
class Exported:
    """How many statements were written, how many a cut export had written, whose data is not here."""

    statements: int = 0
    before: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """Which statements are to be written: those after one `seq` and up to another, and how many they are."""

    after: int
    upto: int
    count: int


def batches(wanted: Range) -> Iterator[list[Row]]:
    """Go through statements, each batch read in a short transaction of its own."""
    last = wanted.after
    while last < wanted.upto:
        with reading():
            rows = queries.all_rows(db.session.connection(), after_seq=last, batch=BATCH)
            found = [row for row in islice(rows, BATCH) if row.seq <= wanted.upto]
            release()
        if not found:
            return
        yield found
        last = found[-1].seq


def all_after(seq: int) -> Range:
    """Return the range of all statements stored after `seq` until now."""
    with reading():
        upto = db.session.scalar(sa.select(sa.func.max(_STATEMENT.c.seq))) or 0
        counted = sa.select(sa.func.count()).where(_STATEMENT.c.seq > seq, _STATEMENT.c.seq <= upto)
        count = db.session.scalar(counted) or 0
        release()
    return Range(seq, upto, count)


def write(file: IO[bytes], wanted: Range, *, folder: Path | None, tell: Tell) -> Exported:
    """Write lines, the data of attachments before the lines that describe it."""
    done = Exported()
    for rows in batches(wanted):
        for sha2 in _hashes(rows):
            done.missing += not (folder and beside.put_out(folder, sha2))
        file.write(b"".join(row.text + b"\n" for row in rows))
        done.statements += len(rows)
        tell(len(rows))
    return done


def begun(path: Path) -> Path:
    """Return where an export lies until it is whole."""
    return path.with_name(f"{path.name}.part")


def resumed(path: Path) -> tuple[int, int]:
    """Cut what a killed export left to its last whole line; return its `seq` and the number of lines.

    Raises Invalid where that line is not of this store.
    """
    part = begun(path)
    if not part.exists() or not part.stat().st_size:
        return 0, 0
    with part.open("r+b") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            end = text.rfind(b"\n") + 1
            line = text[text.rfind(b"\n", 0, max(0, end - 1)) + 1 : end]
        file.truncate(end)
        file.seek(0)
        return (_seq(line, part), sum(1 for _ in file)) if line else (0, 0)


def finish(file: IO[bytes], path: Path) -> None:
    """Make an export durable and give it its name."""
    file.flush()
    os.fsync(file.fileno())
    begun(path).rename(path)


def _seq(line: bytes, part: Path) -> int:
    try:
        statement = json_text.decode(line)
        moment = statement.get("stored") if isinstance(statement, dict) else None
        seq = clock.microseconds(formats.moment(str(moment)))
    except (StatementInvalid, ValueError):
        seq = 0
    with reading():
        first = next(queries.all_rows(db.session.connection(), after_seq=seq - 1, batch=1), None)
        release()
    if first is None or first.text + b"\n" != line:
        raise Invalid(f"{part} was not begun from this store as it is now; remove it to begin anew")
    return seq


def _hashes(rows: list[Row]) -> list[str]:
    return sorted(beside.hashes(row.statement for row in rows if beside.MARK in row.payload))
