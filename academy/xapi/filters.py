"""What a client asks for, as SQL: each query walks an index in the order of `seq` and stops at the limit.

Where several keys are given, the rarest leads and the others are asked of each statement on the way. How rare
one is shows how far away its `PROBE`-th statement is, from where the page begins.

A statement also matches where one that it reaches by reference does (1.0.3 Communication 2.1.3); only time
and authority are asked of the statement itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.xapi import interning, walks
from academy.xapi.walks import REFERENCE, Column, Condition, Key, Shape

PROBE = 400
SHAPES = 512  # queries that are kept, ready to be run again

Values = dict[str, Any]

_LIMIT: Any = sa.bindparam("limit", type_=sa.Integer, literal_execute=True)
_ONE: Any = sa.literal_column("1")
_SKIPPED: Any = sa.literal_column(str(PROBE))
#: PostgreSQL's planner else collects all of a frequent key and sorts it; for the rest of the transaction.
#: What it may not do counts as very dear, so that without the last it would compile each query first.
_WALK = sa.select(
    *(
        sa.func.set_config(sa.literal_column(f"'{name}'"), sa.literal_column("'off'"), sa.true())
        for name in ("enable_sort", "enable_bitmapscan", "enable_seqscan", "jit")
    )
)
_FIRST_REFERENCE, _FAR_REFERENCE = "first_reference", "far_reference"


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """The parameters of a query; `agent` and `authority` are identities (`relations.identity`).

    Clients are not shown voided statements; `with_voided` is for those who keep the store.
    """

    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    authority: str | None = None
    with_voided: bool = False


def select_rows(
    connection: sa.Connection, wanted: StatementFilter, *, cursor: int | None, limit: int
) -> tuple[sa.Select[Any], Values] | None:
    """Return the query for `seq` and `payload` with its values, None where nothing can match."""
    values = _resolved(connection, wanted)
    if values is None:
        return None
    keys = tuple(key for key in Key if key.value in values)
    values |= {"limit": limit, **_bounds(wanted, cursor)}
    related = {Key.AGENT: wanted.related_agents, Key.ACTIVITY: wanted.related_activities}
    shape = Shape(
        keys=keys,
        related=frozenset(key for key in keys if related.get(key)),
        ascending=wanted.ascending,
        is_bounded_below="below" in values,
        is_bounded_above="above" in values,
        with_voided=wanted.with_voided,
    )
    if not keys:
        return _everything(shape), values
    if connection.dialect.name == "postgresql":
        connection.execute(_WALK)
    found = connection.execute(_probe(shape), values).one()._asdict()
    lead = _rarest(shape, found)
    return _page(shape, lead, _reached_from(connection, shape, found, values)), values


def of_authority(connection: sa.Connection, authority: str, seq: Column) -> Condition:
    """Return the condition that a statement was asserted by this authority."""
    number = interning.agent(connection, authority)
    shape = Shape((Key.AUTHORITY,), frozenset(), False, False, False)
    return walks.has(shape, Key.AUTHORITY, seq, number=-1 if number is None else number)


def _resolved(connection: sa.Connection, wanted: StatementFilter) -> Values | None:
    """Return row numbers in the place of identities and IRIs, None where one of them is unknown."""
    values: Values = {}
    for key, text, find in (
        (Key.AGENT, wanted.agent, interning.agent),
        (Key.AUTHORITY, wanted.authority, interning.agent),
        (Key.VERB, wanted.verb, interning.verb),
        (Key.ACTIVITY, wanted.activity, interning.activity),
    ):
        if text is not None:
            values[key.value] = find(connection, text)
    if wanted.registration is not None:
        values[Key.REGISTRATION.value] = wanted.registration
    return None if None in values.values() else values


def _bounds(wanted: StatementFilter, cursor: int | None) -> Values:
    below = [] if wanted.since is None else [clock.microseconds(wanted.since)]
    above = [] if wanted.until is None else [clock.microseconds(wanted.until) + 1]
    if cursor is not None:
        (below if wanted.ascending else above).append(cursor)
    return {**({"below": max(below)} if below else {}), **({"above": min(above)} if above else {})}


def _rarest(shape: Shape, found: Mapping[str, int | None]) -> Key:
    """Return the key whose `PROBE`-th statement is missing or farthest away."""
    direction = 1 if shape.ascending else -1

    def distance(key: Key) -> float:
        seqs = [found.get(_label(key, part)) for part in shape.parts(key)]
        return min((direction * seq for seq in seqs if seq is not None), default=float("inf"))

    return max(shape.keys, key=distance)


def _reached_from(
    connection: sa.Connection, shape: Shape, found: Mapping[str, int | None], values: Values
) -> "Key | bool":
    """Say how to look for statements that reach a match: not at all, through all references, or from a key.

    References are few in most stores. Where they are many, a key that is rare in the whole store leads.
    """
    if found.get(_FIRST_REFERENCE) is None:
        return False
    if found[_FAR_REFERENCE] is None:
        return True
    keys = tuple(key for key in shape.keys if key is not Key.AUTHORITY)
    unbounded = Shape(keys, shape.related, shape.ascending, False, False)
    overall = connection.execute(_probe(unbounded), values).one()._asdict()
    rarest = _rarest(unbounded, overall)
    is_rare = all(overall.get(_label(rarest, part)) is None for part in shape.parts(rarest))
    return rarest if is_rare else True


def _label(key: Key, part: int | None) -> str:
    return f"{key.value}_{part}"


@lru_cache(SHAPES)
def _probe(shape: Shape) -> sa.Select[Any]:
    """Return the query for what is `PROBE` rows away, in each piece of an index and among references."""

    def seq_of(row: Any, conditions: list[Condition], skipped: Any) -> Any:
        query = sa.select(row.c.seq).where(*conditions, *shape.bounds(row.c.seq))
        return query.order_by(shape.ordered(row.c.seq)).limit(_ONE).offset(skipped).scalar_subquery()

    columns = []
    if shape.keys != (Key.AUTHORITY,):
        columns.append(seq_of(REFERENCE.alias(), [], None).label(_FIRST_REFERENCE))
        columns.append(seq_of(REFERENCE.alias(), [], _SKIPPED).label(_FAR_REFERENCE))
    for key in shape.keys:
        for part, (row, conditions) in zip(shape.parts(key), walks.pieces(shape, key), strict=True):
            columns.append(seq_of(row, conditions, _SKIPPED).label(_label(key, part)))
    return sa.select(*columns)


@lru_cache(SHAPES)
def _everything(shape: Shape) -> sa.Select[Any]:
    row = walks.STATEMENT
    conditions = (*walks.stands(shape, row.c.seq, row=row), *shape.bounds(row.c.seq))
    query = sa.select(row.c.seq, row.c.payload).where(*conditions)
    return query.order_by(shape.ordered(row.c.seq)).limit(_LIMIT)


@lru_cache(SHAPES)
def _page(shape: Shape, lead: Key, reached: "Key | bool") -> sa.Select[Any]:
    branches = [*_own(shape, lead)]
    if reached is True:
        branches.append(_through_references(shape))
    elif reached is not False:
        branches += _from_targets(shape, reached)
    limited = [sa.select(branch.limit(_LIMIT).subquery().c.seq) for branch in branches]
    found = (limited[0] if len(limited) == 1 else sa.union(*limited)).subquery()
    first = sa.select(found.c.seq).order_by(shape.ordered(found.c.seq)).limit(_LIMIT).subquery()
    return sa.select(first.c.seq, walks.payload(first.c.seq)).order_by(shape.ordered(first.c.seq))


def _own(shape: Shape, lead: Key) -> Iterator[sa.Select[Any]]:
    """Go through the queries for statements that match by themselves."""
    others = [key for key in shape.keys if key is not lead]
    for row, conditions in walks.pieces(shape, lead):
        seq = row.c.seq
        query = sa.select(seq).where(
            *conditions,
            *shape.bounds(seq),
            *(walks.has(shape, key, seq, row=row) for key in others),
            *walks.stands(shape, seq, row=row),
        )
        yield query.order_by(shape.ordered(seq))


def _through_references(shape: Shape) -> sa.Select[Any]:
    row = REFERENCE.alias()
    targets = [walks.has(shape, key, row.c.target_seq) for key in shape.keys if key is not Key.AUTHORITY]
    return _referring(shape, sa.select(row.c.seq).where(*targets), row.c.seq)


def _from_targets(shape: Shape, lead: Key) -> Iterator[sa.Select[Any]]:
    others = [key for key in shape.keys if key not in (lead, Key.AUTHORITY)]
    for target, conditions in walks.pieces(shape, lead):
        row = REFERENCE.alias()
        query = sa.select(row.c.seq).join(target, target.c.seq == row.c.target_seq)
        asked = (walks.has(shape, key, target.c.seq, row=target) for key in others)
        yield _referring(shape, query.where(*conditions, *asked), row.c.seq)


def _referring(shape: Shape, query: sa.Select[Any], seq: Column) -> sa.Select[Any]:
    """Return the query with what is asked of the statement that refers."""
    own = [walks.has(shape, key, seq) for key in shape.keys if key is Key.AUTHORITY]
    found = query.where(*own, *shape.bounds(seq), *walks.stands(shape, seq))
    return found.distinct().order_by(shape.ordered(seq))
