"""Which statements are voided, and which statements reach others by reference, in whatever order they arrive.

Only a stored voiding statement voids, and no voiding statement can be voided (xAPI 1.0.3 Data 2.3.2).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import interning
from academy.xapi.batches import pieces
from academy.xapi.models import Statement, StatementReference
from academy.xapi.preparation import Draft
from academy.xapi.vocabulary import VOIDED

_STATEMENT: Any = Statement.__table__
_REFERENCE: Any = StatementReference.__table__

_referred = _STATEMENT.alias("referred")
_references = (
    sa.select(_STATEMENT.c.seq, _referred.c.seq.label("target_seq"))
    .join(_referred, _STATEMENT.c.target == _referred.c.id)
    .where(_STATEMENT.c.seq != _referred.c.seq)
)
_REFERRING_TO = _references.where(_STATEMENT.c.target.in_(sa.bindparam("ids", expanding=True)))
_REFERRED_BY = _references.where(_STATEMENT.c.seq.in_(sa.bindparam("seqs", expanding=True)))


def connect(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    *,
    seqs: Mapping[UUID, int],
    awaited: Collection[UUID],
) -> None:
    """Void what a new statement voids, or what an older one had voided before it came; note all references.

    `drafts` are stored already, under `seqs`; to those in `awaited` older statements refer.
    """
    pairs = _pairs(connection, drafts, seqs, awaited)
    for seq, target in pairs:
        _reach(connection, seq, target)
    voiding = interning.verb(connection, VOIDED) if pairs else None
    if voiding is not None:
        _void(connection, [target for _, target in pairs], voiding)


def _pairs(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    seqs: Mapping[UUID, int],
    awaited: Collection[UUID],
) -> list[tuple[int, int]]:
    """Return (referring, referred) for each reference that begins or ends in a draft and is complete now."""
    pairs: set[tuple[int, int]] = set()
    for ids in pieces([draft.id for draft in drafts if draft.id in awaited]):
        pairs |= {tuple(row) for row in connection.execute(_REFERRING_TO, {"ids": ids})}
    referring = [seqs[draft.id] for draft in drafts if draft.target is not None]
    for numbers in pieces(referring):
        pairs |= {tuple(row) for row in connection.execute(_REFERRED_BY, {"seqs": numbers})}
    return sorted(pairs)


def _reach(connection: sa.Connection, seq: int, target: int) -> None:
    """Join the statements that reach `seq` with those that `target` reaches."""
    before = sa.select(_REFERENCE.c.seq).where(_REFERENCE.c.target_seq == seq)
    after = sa.select(_REFERENCE.c.target_seq).where(_REFERENCE.c.seq == target)
    starts = {seq, *connection.scalars(before)}
    ends = {target, *connection.scalars(after)}
    rows = [{"seq": start, "target_seq": end} for start in starts for end in ends if start != end]
    if rows:
        interning.insert_ignoring(connection, _REFERENCE, rows)


def _void(connection: sa.Connection, targets: list[int], voiding: int) -> None:
    other = _STATEMENT.alias()
    voided = sa.exists().where(other.c.target == _STATEMENT.c.id, other.c.verb_id == voiding)
    for numbers in pieces(targets):
        connection.execute(
            sa.update(_STATEMENT)
            .where(_STATEMENT.c.seq.in_(numbers), _STATEMENT.c.verb_id != voiding, voided)
            .values(voided=True)
        )
