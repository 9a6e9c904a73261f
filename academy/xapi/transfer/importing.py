"""JSON lines into the store: all lines are checked first, then stored in batches; a cut import goes on.

Into an empty store they come with their original `stored`, so that both stores answer alike; otherwise they
are stored now. Those who may do this are trusted: `authority` stays as it is. How far an import is stands in
the same transaction as its last batch.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa

from academy import clock
from academy.db import db, installation, reading, release
from academy.errors import DomainError, Invalid
from academy.transactions import Turn, take
from academy.xapi import equivalence, figures, formats, json_text, moments, preparation, store, validation
from academy.xapi.batches import SIZE
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementConflict
from academy.xapi.models import Statement
from academy.xapi.preparation import Draft
from academy.xapi.transfer import beside

SHOWN_FAULTS = 20
MARK = "xapi.import"

_STATEMENT: Any = Statement.__table__
_NEWEST = sa.select(sa.func.max(_STATEMENT.c.seq))

Tell = Callable[[int], object]


@dataclass(slots=True)
class Imported:
    """How far an import is: of which file, up to which line; what came in, and what was here already."""

    digest: str
    keeps: bool  # the original `stored`
    newest: int  # the last statement of the store, where nobody else has stored one since
    line: int = 0
    offset: int = 0
    stored: int = 0
    known: int = 0
    files: int = 0


@dataclass(slots=True)
class _Batch:
    drafts: list[Draft] = field(default_factory=list)
    lines: dict[UUID, int] = field(default_factory=dict)
    line: int = 0
    offset: int = 0


def begin(file: IO[bytes]) -> Imported:
    """Return how far the import of this very file is."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(beside.CHUNK):
        digest.update(piece)
    with reading():
        kept = db.session.scalar(sa.select(installation.c.value).where(installation.c.name == MARK))
        newest = db.session.scalar(_NEWEST) or 0
        release()
    begun = Imported(**json.loads(kept)) if kept else None
    return (
        begun
        if begun and begun.digest == digest.hexdigest()
        else Imported(digest.hexdigest(), not newest, newest)
    )


def check(file: IO[bytes], folder: Path | None, *, tell: Tell) -> None:
    """Raise Invalid, naming lines, where one breaks a rule, lacks data, or is another statement here."""
    faults: list[str] = []
    file.seek(0)
    for batch in _batches(file, Imported("", False, 0), faults, folder):
        faults += [f"line {batch.lines[identifier]}: {fault}" for identifier, fault in _conflicts(batch)]
        tell(batch.offset)
        if len(faults) >= SHOWN_FAULTS:
            faults[SHOWN_FAULTS:] = ["there may be more; the rest was not looked at"]
            break
    if faults:
        raise Invalid("\n".join(faults))


def take_in(file: IO[bytes], folder: Path | None, *, done: Imported, tell: Tell) -> None:
    """Store what is not stored yet, and note in `done` and beside the statements how far it is.

    Raises Invalid, naming the line, where in the meantime another statement was stored under an id; what
    came before that batch stays.
    """
    file.seek(done.offset)
    for batch in _batches(file, done, None, None):
        done.files += beside.take_in(folder, (draft.statement for draft in batch.drafts))
        _write(batch, done)
        tell(done.offset)
    db.session.execute(sa.delete(installation).where(installation.c.name == MARK))
    release()


def _write(batch: _Batch, done: Imported) -> None:
    connection = db.session.connection()
    take(Turn.STATEMENTS, connection)
    if (
        connection.scalar(_NEWEST) or 0
    ) != done.newest:  # somebody else stores too: `stored` is given out now
        done.keeps = False
    for draft in [] if done.keeps else batch.drafts:
        draft.seq = None
    try:
        newest = store.write(connection, batch.drafts)
    except StatementConflict as fault:
        raise Invalid(f"line {batch.lines[UUID(str(fault.facts['id']))]}: {fault}") from fault
    if done.keeps:
        _count_again(connection, batch)
    known = sum(draft.is_stored for draft in batch.drafts)
    done.known, done.stored = done.known + known, done.stored + len(batch.drafts) - known
    done.newest = newest
    done.line, done.offset = batch.line, batch.offset
    connection.execute(sa.delete(installation).where(installation.c.name == MARK))
    connection.execute(sa.insert(installation).values(name=MARK, value=json.dumps(asdict(done))))
    release()


def _count_again(connection: sa.Connection, batch: _Batch) -> None:
    """Have the days counted anew on which these statements were stored elsewhere."""
    seqs = [draft.seq for draft in batch.drafts if draft.seq is not None]
    if seqs:
        figures.count_again(connection, since=moments.day(min(seqs)))


def _batches(
    file: Iterable[bytes], start: Imported, faults: list[str] | None, folder: Path | None
) -> Iterator[_Batch]:
    """Cut lines into batches in which no id stands twice; faults are noted, or raised where nobody asks."""
    batch = _Batch(line=start.line, offset=start.offset)
    for text in file:
        number, offset = batch.line + 1, batch.offset + len(text)
        if text.strip():
            draft = _read(text, number, faults, folder)
            if draft and draft.id in batch.lines or len(batch.drafts) == SIZE:
                yield batch
                batch = _Batch()
            if draft:
                batch.drafts.append(draft)
                batch.lines[draft.id] = number
        batch.line, batch.offset = number, offset
    yield batch


def _read(text: bytes, number: int, faults: list[str] | None, folder: Path | None) -> Draft | None:
    try:
        draft = _draft(text)
        if faults is not None and beside.MARK in text:
            beside.checked(folder, draft.statement)
    except DomainError as fault:
        if faults is None:
            raise Invalid(f"line {number}: {fault}", line=number) from fault
        faults.append(f"line {number}: {fault}")
        return None
    return draft


def _draft(text: bytes) -> Draft:
    statement = validation.validate(json_text.decode(text), edition=Edition.SECOND)
    authority, moment = statement.get("authority"), statement.get("stored")
    draft = preparation.prepare(
        statement,
        authority=authority if isinstance(authority, dict) else store.own_authority(),
        edition=Edition.FIRST,
        new_id=lambda: uuid5(NAMESPACE_URL, text.strip().decode()),  # so that the file may come again
    )
    draft.is_named_by_client = True
    if moment is not None:
        draft.seq = clock.microseconds(min(formats.moment(str(moment)), clock.now()))
    return draft


def _conflicts(batch: _Batch) -> list[tuple[UUID, str]]:
    """Return the ids of statements that are here already with another claim."""
    by_id = {draft.id: draft for draft in batch.drafts}
    query = sa.select(_STATEMENT.c.id, _STATEMENT.c.payload).where(_STATEMENT.c.id.in_(by_id))
    with reading():
        rows = db.session.execute(query).all()
        release()
    found = []
    for identifier, payload in rows:
        kept = json_text.decode(bytes(payload))
        if isinstance(kept, dict) and not equivalence.same(kept, by_id[identifier].statement):
            found.append((identifier, f"another statement is stored under the id {identifier}"))
    return found
