"""Reads of statements: one by id, pages by filter with a cursor that never goes stale, all in order."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import filters, interning, json_text, moments, preparation
from academy.xapi.batches import pieces
from academy.xapi.filters import StatementFilter
from academy.xapi.json_text import Json
from academy.xapi.models import Statement
from academy.xapi.signals import StoredStatement
from academy.xapi.vocabulary import VOIDED

__all__ = [
    "Page",
    "Row",
    "StatementFilter",
    "all_rows",
    "all_statements",
    "by_ids",
    "one",
    "page",
    "voided_among",
    "voided_since",
    "voiding",
]

_STATEMENT: Any = Statement.__table__


@dataclass(frozen=True, slots=True)
class Row:
    """A statement as it lies in the table."""

    seq: int
    payload: bytes

    @property
    def stored(self) -> datetime:
        """Return when the statement was stored."""
        return moments.moment(self.seq)

    @property
    def text(self) -> bytes:
        """Return the whole statement as JSON text, every number as the client wrote it."""
        return preparation.spliced(self.payload, "stored", moments.stored(self.seq))

    @property
    def statement(self) -> Json:
        """Return the whole statement as a value."""
        value = json_text.decode(self.text)
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the statements that match; `cursor` is where the next page begins, None on the last one."""

    rows: list[Row]
    cursor: int | None


def one(
    connection: sa.Connection, statement_id: UUID, *, voided: bool = False, authority: str | None = None
) -> Row | None:
    """Return the statement with an id, voided or not as asked, and of this authority where one is given."""
    query = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload).where(
        _STATEMENT.c.id == statement_id, _STATEMENT.c.voided.is_(voided)
    )
    values: dict[str, Any] = {}
    if authority is not None:
        condition, values = filters.of_authority(authority, _STATEMENT.c.seq)
        query = query.where(condition)
    found = connection.execute(query, values).first()
    return Row(found.seq, bytes(found.payload)) if found else None


def page(
    connection: sa.Connection, wanted: StatementFilter, *, limit: int, cursor: int | None = None
) -> Page:
    """Return up to `limit` statements in the order of `stored`, newest first unless `ascending`.

    `cursor` is the `seq` of the last statement of the page before.
    """
    found = filters.rows(connection, wanted, cursor=cursor, limit=limit + 1)
    rows = [Row(*one) for one in found[:limit]]
    return Page(rows, rows[-1].seq if len(found) > limit else None)


def by_ids(connection: sa.Connection, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return the statements with these ids, voided ones too; unknown ids are left out."""
    columns = sa.select(_STATEMENT.c.id, _STATEMENT.c.seq, _STATEMENT.c.payload)
    return {
        found: Row(seq, bytes(payload))
        for some in pieces(list(ids))
        for found, seq, payload in connection.execute(columns.where(_STATEMENT.c.id.in_(some)))
    }


def voided_among(connection: sa.Connection, rows: Collection[Row]) -> set[int]:
    """Return the `seq` of those that are voided."""
    voided = sa.select(_STATEMENT.c.seq).where(_STATEMENT.c.voided.is_(True))
    numbers = [row.seq for row in rows]
    return {
        seq
        for some in pieces(numbers)
        for seq in connection.scalars(voided.where(_STATEMENT.c.seq.in_(some)))
    }


def voided_since(connection: sa.Connection, after: int, *, upto: int) -> list[int]:
    """Return the `seq` of statements that statements stored after one `seq` and up to another have voided."""
    verb, voids, voided = interning.verb(connection, VOIDED), _STATEMENT.alias(), _STATEMENT.alias()
    found = sa.select(voided.c.seq).join_from(voids, voided, voided.c.id == voids.c.target)
    since = found.where(voids.c.verb_id == verb, voids.c.seq > after, voids.c.seq <= upto)
    return sorted(set(connection.scalars(since.where(voided.c.voided.is_(True)))))


def voiding(connection: sa.Connection, statement_id: UUID) -> Row | None:
    """Return the first statement that voids the one with this id."""
    verb = interning.verb(connection, VOIDED)
    columns = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload)
    wanted = columns.where(_STATEMENT.c.target == statement_id, _STATEMENT.c.verb_id == verb)
    found = connection.execute(wanted.order_by(_STATEMENT.c.seq).limit(1)).first()
    return Row(found.seq, bytes(found.payload)) if found else None


def all_statements(
    connection: sa.Connection, *, after_seq: int = 0, batch: int = 1000, registration: UUID | None = None
) -> Iterator[StoredStatement]:
    """Go through the statements that are not voided, oldest first, a batch in memory at a time."""
    conditions = [_STATEMENT.c.voided.is_(False)]
    if registration is not None:
        conditions.append(_STATEMENT.c.registration == registration)
    for row, identifier in _every(connection, conditions, after_seq, batch):
        yield StoredStatement(row.seq, identifier, row.statement)


def all_rows(connection: sa.Connection, *, after_seq: int = 0, batch: int = 1000) -> Iterator[Row]:
    """Go through all statements, voided ones too, oldest first, a batch in memory at a time."""
    for row, _ in _every(connection, [], after_seq, batch):
        yield row


def _every(
    connection: sa.Connection, conditions: list[sa.ColumnElement[bool]], last: int, batch: int
) -> Iterator[tuple[Row, UUID]]:
    columns = sa.select(_STATEMENT.c.seq, _STATEMENT.c.id, _STATEMENT.c.payload)
    while True:
        query = columns.where(*conditions, _STATEMENT.c.seq > last).order_by(_STATEMENT.c.seq).limit(batch)
        rows = connection.execute(query).all()
        for seq, identifier, payload in rows:
            yield Row(seq, bytes(payload)), identifier
        if len(rows) < batch:
            return
        last = rows[-1].seq
