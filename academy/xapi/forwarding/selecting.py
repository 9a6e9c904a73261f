"""Which statements a target is still to get, in the order in which they were stored."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from academy.db import db, reading
from academy.xapi import interning
from academy.xapi.forwarding.models import ForwardingTarget
from academy.xapi.models import Statement, StatementActivity
from academy.xapi.queries import Row
from academy.xapi.vocabulary import VOIDED

BATCH = 50
MOST_BYTES = 4_000_000

_STATEMENT: Any = Statement.__table__
_LINK: Any = StatementActivity.__table__


@dataclass(frozen=True, slots=True)
class Next:
    """The next statements of a target, and the `seq` up to which it has seen all once they have arrived."""

    rows: list[Row]
    upto: int


def following(target: ForwardingTarget) -> Next:
    """Return the next statements that a target asked for; ends the transaction."""
    with reading():
        connection = db.session.connection()
        newest = connection.scalar(sa.select(sa.func.max(_STATEMENT.c.seq))) or 0
        found = connection.execute(_query(connection, target, newest).limit(BATCH))
        rows = [Row(seq, bytes(payload)) for seq, payload in found]
        db.session.rollback()  # a commit would renew the lease of the job, in a transaction that only reads
    upto = newest if len(rows) < BATCH else rows[-1].seq
    kept = _within(rows)
    return Next(kept, upto if len(kept) == len(rows) else kept[-1].seq)


def waiting(connection: sa.Connection, target: ForwardingTarget) -> int:
    """Count the statements that a target is still to get."""
    newest = connection.scalar(sa.select(sa.func.max(_STATEMENT.c.seq))) or 0
    query = _query(connection, target, newest).order_by(None).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(query)) or 0


def _query(connection: sa.Connection, target: ForwardingTarget, newest: int) -> sa.Select[Any]:
    """Select by verb and activity; voiding statements always go along, for what they void may have gone."""
    asked: list[sa.ColumnElement[bool]] = []
    if target.verbs:
        asked.append(_STATEMENT.c.verb_id.in_(_numbers(interning.verb, connection, target.verbs)))
    if target.activities:
        numbers = _numbers(interning.activity, connection, target.activities)
        link = sa.select(_LINK.c.seq).where(
            _LINK.c.activity_id.in_(numbers), _LINK.c.direct == 1, _LINK.c.seq == _STATEMENT.c.seq
        )
        asked.append(link.exists())
    query = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload)
    query = query.where(_STATEMENT.c.seq > target.cursor, _STATEMENT.c.seq <= newest)
    if asked:
        voiding = interning.verb(connection, VOIDED)
        query = query.where(sa.or_(_STATEMENT.c.verb_id == voiding, sa.and_(*asked)))
    return query.order_by(_STATEMENT.c.seq)


def _numbers(find: Any, connection: sa.Connection, iris: list[str]) -> list[int]:
    found = (find(connection, iri) for iri in iris)
    return [number for number in found if number is not None]


def _within(rows: list[Row]) -> list[Row]:
    """Return the first rows, at least one, that are not too much for one request."""
    kept: list[Row] = []
    size = 0
    for row in rows:
        size += len(row.payload)
        if kept and size > MOST_BYTES:
            break
        kept.append(row)
    return kept
