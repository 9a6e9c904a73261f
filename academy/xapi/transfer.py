"""Statements out of the store and into it as JSON lines, oldest first, without loss.

Into an empty store they come with their original `stored`, so that both stores answer alike; otherwise they
are stored now. Those who may do this are trusted: `authority` stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from academy import clock
from academy.db import new_public_id
from academy.errors import Invalid
from academy.xapi import formats, json_text, preparation, queries, store, validation
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.preparation import Draft

BATCH = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """How many statements came in, and how many were here already."""

    stored: int
    known: int


def lines(connection: sa.Connection) -> Iterator[bytes]:
    """Go through all statements as they are stored, voided ones too."""
    for row in queries.all_rows(connection):
        yield row.text + b"\n"


def take_in(connection: sa.Connection, texts: Iterable[bytes]) -> Imported:
    """Store the statements of JSON lines; raises Invalid, naming the line, or StatementConflict."""
    keeps_stored = next(queries.all_rows(connection, batch=1), None) is None
    stored = known = 0
    for batch in _batches(texts, keeps_stored):
        store.write(connection, batch)
        known += sum(draft.is_stored for draft in batch)
        stored += sum(not draft.is_stored for draft in batch)
    return Imported(stored, known)


def _batches(texts: Iterable[bytes], keeps_stored: bool) -> Iterator[list[Draft]]:
    batch: list[Draft] = []
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            batch.append(_draft(text, keeps_stored))
        except StatementInvalid as fault:
            raise Invalid(f"line {number}: {fault}", line=number, clause=fault.clause) from fault
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _draft(text: bytes, keeps_stored: bool) -> Draft:
    statement = validation.validate(json_text.decode(text), edition=Edition.SECOND)
    authority = statement.get("authority")
    draft = preparation.prepare(
        statement,
        authority=authority if isinstance(authority, dict) else store.own_authority(),
        edition=Edition.FIRST,
        new_id=new_public_id,
    )
    moment = statement.get("stored")
    if keeps_stored and moment is not None:
        draft.seq = clock.microseconds(min(formats.moment(str(moment)), clock.now()))
    return draft
