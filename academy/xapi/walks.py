"""Pieces of indexes that hold the statements of one key in the order of `seq`, and questions of one of them.

Whether a statement has a further key is asked as a subquery that gives one value. A planner cannot turn that
into a join over whole tables, so that the walk chosen here is the one that is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from academy.xapi.models import (
    Agent,
    Statement,
    StatementActivity,
    StatementAgent,
    StatementReference,
    StoredActivity,
    Verb,
)
from academy.xapi.relations import AgentUsage

Column = sa.ColumnElement[int]
Condition = sa.ColumnElement[bool]
Values = dict[str, Any]
Found = tuple[int, bytes]  # `seq` and text

SHAPES = 512  # queries of each kind that are kept, ready to be run again

STATEMENT: Any = Statement.__table__
REFERENCE: Any = StatementReference.__table__
AGENT_LINK: Any = StatementAgent.__table__
ACTIVITY_LINK: Any = StatementActivity.__table__


class Key(StrEnum):
    """What a statement can be found by; where two are equally rare, the first leads."""

    REGISTRATION = "registration"
    ACTIVITY = "activity"
    AGENT = "agent"
    AUTHORITY = "authority"
    VERB = "verb"


_BELOW: Any = sa.bindparam("below", type_=sa.BigInteger)
_ABOVE: Any = sa.bindparam("above", type_=sa.BigInteger)
LAST = 2**63 - 1

#: The tables in which the texts of keys have numbers.
_NUMBERED: dict[Key, Any] = {
    Key.AGENT: Agent.__table__,
    Key.AUTHORITY: Agent.__table__,
    Key.VERB: Verb.__table__,
    Key.ACTIVITY: StoredActivity.__table__,
}

_PLACE = {
    Key.REGISTRATION: (STATEMENT, "registration"),
    Key.ACTIVITY: (ACTIVITY_LINK, "activity_id"),
    Key.AGENT: (AGENT_LINK, "agent_id"),
    Key.AUTHORITY: (AGENT_LINK, "agent_id"),
    Key.VERB: (STATEMENT, "verb_id"),
}

#: What links tell of their statements without a look at these.
_KEPT_BESIDE = {Key.VERB: "verb_id"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A query without its values: the keys, those that also count where merely related, order and bounds.

    `empty` are parts of keys under which nothing lies: they are neither walked nor asked.
    """

    keys: tuple[Key, ...]
    related: frozenset[Key]
    ascending: bool
    is_bounded_below: bool
    is_bounded_above: bool
    with_voided: bool = False
    is_postgresql: bool = False
    empty: frozenset[tuple[Key, int]] = frozenset()

    @property
    def is_bounded(self) -> bool:
        """Say whether a part of the store is left out."""
        return self.is_bounded_below or self.is_bounded_above

    @property
    def unbounded(self) -> "Shape":
        """Return the same of the whole store."""
        return replace(self, is_bounded_below=False, is_bounded_above=False)

    def parts(self, key: Key) -> tuple[int | None, ...]:
        """Return the values of `direct` under which the links of a key lie, None where it has no links."""
        if _PLACE[key][0] is STATEMENT:
            return (None,)
        parts = (1, 0) if key is Key.AUTHORITY or key in self.related else (1,)
        return tuple(part for part in parts if (key, part) not in self.empty)

    def ordered(self, seq: Column) -> sa.UnaryExpression[int]:
        """Return the order of the answer."""
        return seq.asc() if self.ascending else seq.desc()

    def bounds(self, seq: Column) -> Iterator[Condition]:
        """Go through the conditions of time and cursor; both bounds are exclusive."""
        if self.is_bounded_below:
            yield seq > _BELOW
        if self.is_bounded_above:
            yield seq < _ABOVE


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an index: a table, which of its rows, and in which order they lie there."""

    row: Any
    conditions: list[Condition]
    order: list[sa.UnaryExpression[Any]]


def pieces(shape: Shape, key: Key, *, bounded: bool = True) -> Iterator[Piece]:
    """Go through the pieces of indexes that hold all statements of a key.

    They are walked in their order within the bounds, or else joined as a whole.
    """
    table, name = _PLACE[key]
    for part in shape.parts(key):
        row = table.alias()
        order = [shape.ordered(row.c.seq)]
        if part is None and shape.is_postgresql and bounded:
            order = [shape.ordered(row.c[name]), *order]
            yield Piece(row, list(_spanned(shape, key, row)), order)
        else:
            bounds = shape.bounds(row.c.seq) if bounded else ()
            yield Piece(row, [*_is_in(row, key, part), *bounds], order)


def walked(shape: Shape, key: Key) -> Iterator[Piece]:
    """Go through the pieces as they are best walked to find the first of those that pass what is asked.

    PostgreSQL walks them side by side: it asks as few as if they were one. SQLite would sort them.
    """
    found = list(pieces(shape, key))
    if len(found) == 1 or not shape.is_postgresql:
        yield from found
        return
    both = sa.union_all(*(sa.select(_in_order(shape, piece)) for piece in found))
    row = both.order_by(shape.ordered(sa.column("seq"))).offset(literal(0)).subquery()
    yield Piece(row, [], [shape.ordered(row.c.seq)])


def lies(key: Key, part: int) -> Any:
    """Return the query for a value that is missing where nothing lies under a part of a key."""
    table, name = _PLACE[key]
    link = table.alias()
    there = sa.select(link.c.direct).where(link.c[name] == _value(key), link.c.direct == literal(part))
    return there.limit(literal(1)).scalar_subquery()


def has(shape: Shape, key: Key, seq: Column, *, row: Any = None) -> Condition:
    """Return the condition that the statement under `seq` has a key; `row` is about the same statement."""
    table, name = _PLACE[key]
    if table is STATEMENT:
        column = _own(row, name, seq)
        if row is not None:  # or a planner may walk the index of this key instead
            column = sa.func.coalesce(column, column)
        condition: Condition = column == _value(key)
        return condition
    found = []
    for part in shape.parts(key):
        link = table.alias()
        there = sa.select(link.c.direct).where(*_is_in(link, key, part), link.c.seq == seq)
        found.append(there.scalar_subquery())
    return (found[0] if len(found) == 1 else sa.func.coalesce(*found)).is_not(None)


def stands(shape: Shape, seq: Column, *asked: Condition, row: Any = None) -> Iterator[Condition]:
    """Go through what is asked of the statement under `seq`, and that it is not voided unless it may be.

    Few pass what is asked, so that the latter is looked up for them alone.
    """
    if shape.with_voided:
        yield from asked
    elif asked:
        yield sa.case((sa.and_(*asked), _own(row, "voided", seq).is_(False)), else_=sa.false())
    else:
        yield _own(row, "voided", seq).is_(False)


def along(shape: Shape, lead: Key) -> Iterator[sa.Select[Any]]:
    """Go through the queries that walk one key and ask for the others."""
    others = [key for key in shape.keys if key is not lead]
    for piece in walked(shape, lead):
        row, seq = piece.row, piece.row.c.seq
        asked = (has(shape, key, seq, row=row) for key in others)
        query = sa.select(seq).where(*piece.conditions, *stands(shape, seq, *asked, row=row))
        yield query.order_by(*piece.order)


def first(shape: Shape, branches: Iterable[sa.Select[Any]], limit: int) -> sa.Select[Any]:
    """Return the query for `seq` of the first statements that one of the branches finds."""
    limited = [sa.select(branch.limit(literal(limit)).subquery().c.seq) for branch in branches]
    found = (limited[0] if len(limited) == 1 else sa.union(*limited)).subquery()
    return sa.select(found.c.seq).order_by(shape.ordered(found.c.seq)).limit(literal(limit))


def with_text(shape: Shape, query: sa.Select[Any]) -> sa.Select[Any]:
    """Return the query for `seq` and text of what a query finds."""
    first = query.subquery()
    text = _own(None, "payload", first.c.seq).label("text")
    return sa.select(first.c.seq, text).order_by(shape.ordered(first.c.seq))


def page(shape: Shape, branches: Iterable[sa.Select[Any]], limit: int) -> sa.Select[Any]:
    """Return the query for `seq` and text of the first statements that one of the branches finds."""
    return with_text(shape, first(shape, branches, limit))


def found(connection: sa.Connection, query: sa.Select[Any], values: Values) -> list[Found]:
    """Return what a query for `seq` and text finds."""
    return [(seq, bytes(text)) for seq, text in connection.execute(query, values).all()]


def literal(number: int) -> Any:
    """Return a number that stands in the query itself: planners look at limits."""
    return sa.literal_column(str(int(number)))


def _own(row: Any, name: str, seq: Column) -> Any:
    """Return a column of the statement under `seq`, from a row about it where that has the column."""
    if row is not None and name in row.c:
        return row.c[name]
    statement = STATEMENT.alias()
    return sa.select(statement.c[name]).where(statement.c.seq == seq).scalar_subquery()


def _spanned(shape: Shape, key: Key, row: Any) -> Iterator[Condition]:
    """Say where in the index of a column of statements a key lies, in a way that lets no other index serve.

    A planner that knows the value for a frequent one would else go through all statements in their order.
    """
    _, name = _PLACE[key]
    below = _BELOW if shape.is_bounded_below else literal(-1)
    above = _ABOVE if shape.is_bounded_above else literal(LAST)
    place = sa.tuple_(row.c[name], row.c.seq)
    yield place > sa.tuple_(_value(key), below)
    yield place < sa.tuple_(_value(key), above)


def _in_order(shape: Shape, piece: Piece) -> Any:
    """Return the rows of a piece of links in their order, which a planner then knows of."""
    names = ["seq"] + [name for key, name in _KEPT_BESIDE.items() if key in shape.keys]
    rows = sa.select(*(piece.row.c[name] for name in names)).where(*piece.conditions)
    return rows.order_by(*piece.order).subquery()


def _value(key: Key) -> Any:
    """Return what a query is given for a key; for a text its digest, by which the number is looked up."""
    table, name = _PLACE[key]
    if key not in _NUMBERED:
        return sa.bindparam(key.value, type_=table.c[name].type)
    known = _NUMBERED[key].alias()
    return sa.select(known.c.id).where(known.c.key == sa.bindparam(key.value)).scalar_subquery()


def _is_in(row: Any, key: Key, part: int | None) -> Iterator[Condition]:
    _, name = _PLACE[key]
    yield row.c[name] == _value(key)
    if part is not None:
        yield row.c.direct == literal(part)
    if key is Key.AUTHORITY:
        yield row.c.usage.bitwise_and(literal(AgentUsage.AUTHORITY)) != literal(0)
