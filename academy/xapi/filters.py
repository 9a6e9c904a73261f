"""What a client asks for: pages of statements, found by walks along indexes that stop at the limit.

Where several keys are given, the rarest leads and the others are asked of each statement on the way. A
statement also matches where one that it reaches by reference does (1.0.3 Communication 2.1.3).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock, transactions
from academy.xapi import interning, rarity, references, walks
from academy.xapi.references import Follow
from academy.xapi.walks import SHAPES, Column, Condition, Found, Key, Shape, Values


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


def rows(
    connection: sa.Connection, wanted: StatementFilter, *, cursor: int | None, limit: int
) -> list[Found]:
    """Return `seq` and text of up to `limit` statements that match, in the order that is asked for."""
    values = _values(wanted) | _bounds(wanted, cursor)
    shape = _shape(connection, wanted, values)
    if not shape.keys:
        return walks.found(connection, _everything(shape, limit), values)
    transactions.walk(connection)
    if shape.keys == (Key.AUTHORITY,):
        return walks.found(connection, _own(shape, Key.AUTHORITY, limit), values)
    lead = target = shape.keys[0]
    follow = Follow.RARER if shape.is_bounded else Follow.FEWER
    if len(shape.keys) > 1:
        known = rarity.probe(connection, shape, values)
        if not known.has_all_keys:
            return []
        lead = known.ahead.rarest(shape.keys)
        target, follow = references.way(known)
        shape = _seen(known.shape, values, known.newest)
    return walks.found(connection, references.page(shape, lead, target, follow, limit), values)


def of_authority(authority: str, seq: Column) -> tuple[Condition, Values]:
    """Return the condition that a statement was asserted by this authority, and its value."""
    shape = Shape((Key.AUTHORITY,), frozenset(), False, False, False)
    return walks.has(shape, Key.AUTHORITY, seq), _values(StatementFilter(authority=authority))


def _seen(shape: Shape, values: Values, newest: int) -> Shape:
    """Leave to the next page what came since the probe: it may be what had been missing, or out of turn."""
    values["above"] = min(values.get("above", newest + 1), newest + 1)
    return replace(shape, is_bounded_above=True)


def _values(wanted: StatementFilter) -> Values:
    texts = {
        Key.AGENT: wanted.agent,
        Key.AUTHORITY: wanted.authority,
        Key.VERB: wanted.verb,
        Key.ACTIVITY: wanted.activity,
    }
    values: Values = {key.value: interning.digest(text) for key, text in texts.items() if text is not None}
    if wanted.registration is not None:
        values[Key.REGISTRATION.value] = wanted.registration
    return values


def _bounds(wanted: StatementFilter, cursor: int | None) -> Values:
    below = [] if wanted.since is None else [clock.microseconds(wanted.since)]
    above = [] if wanted.until is None else [clock.microseconds(wanted.until) + 1]
    if cursor is not None:
        (below if wanted.ascending else above).append(cursor)
    return {**({"below": max(below)} if below else {}), **({"above": min(above)} if above else {})}


def _shape(connection: sa.Connection, wanted: StatementFilter, values: Values) -> Shape:
    keys = tuple(key for key in Key if key.value in values)
    related = {Key.AGENT: wanted.related_agents, Key.ACTIVITY: wanted.related_activities}
    return Shape(
        keys=keys,
        related=frozenset(key for key in keys if related.get(key)),
        ascending=wanted.ascending,
        is_bounded_below="below" in values,
        is_bounded_above="above" in values,
        with_voided=wanted.with_voided,
        is_postgresql=connection.dialect.name == "postgresql",
    )


@lru_cache(SHAPES)
def _everything(shape: Shape, limit: int) -> sa.Select[Any]:
    row = walks.STATEMENT
    conditions = (*walks.stands(shape, row.c.seq, row=row), *shape.bounds(row.c.seq))
    query = sa.select(row.c.seq, row.c.payload).where(*conditions)
    return query.order_by(shape.ordered(row.c.seq)).limit(walks.literal(limit))


@lru_cache(SHAPES)
def _own(shape: Shape, lead: Key, limit: int) -> sa.Select[Any]:
    """Return the query for statements that match by themselves."""
    return walks.page(shape, walks.along(shape, lead), limit)
