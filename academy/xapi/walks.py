"""Pieces of indexes that hold the statements of one key in the order of `seq`, and questions of one of them.

Whether a statement has a further key is asked as a subquery that gives one value. A planner cannot turn that
into a join over whole tables, so that the walk chosen here is the one that is taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from academy.xapi.models import Statement, StatementActivity, StatementAgent, StatementReference
from academy.xapi.relations import AgentUsage

Column = sa.ColumnElement[int]
Condition = sa.ColumnElement[bool]

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


_PLACE = {
    Key.REGISTRATION: (STATEMENT, "registration"),
    Key.ACTIVITY: (ACTIVITY_LINK, "activity_id"),
    Key.AGENT: (AGENT_LINK, "agent_id"),
    Key.AUTHORITY: (AGENT_LINK, "agent_id"),
    Key.VERB: (STATEMENT, "verb_id"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A query without its values: the keys, those that also count where merely related, order and bounds."""

    keys: tuple[Key, ...]
    related: frozenset[Key]
    ascending: bool
    is_bounded_below: bool
    is_bounded_above: bool
    with_voided: bool = False

    def parts(self, key: Key) -> tuple[int | None, ...]:
        """Return the values of `direct` under which the links of a key lie, None where it has no links."""
        if _PLACE[key][0] is STATEMENT:
            return (None,)
        return (1, 0) if key is Key.AUTHORITY or key in self.related else (1,)

    def ordered(self, seq: Column) -> sa.UnaryExpression[int]:
        """Return the order of the answer."""
        return seq.asc() if self.ascending else seq.desc()

    def bounds(self, seq: Column) -> Iterator[Condition]:
        """Go through the conditions of time and cursor; both bounds are exclusive."""
        if self.is_bounded_below:
            yield seq > sa.bindparam("below", type_=sa.BigInteger)
        if self.is_bounded_above:
            yield seq < sa.bindparam("above", type_=sa.BigInteger)


def pieces(shape: Shape, key: Key) -> Iterator[tuple[Any, list[Condition]]]:
    """Go through the pieces of an index that hold all statements of a key: a table, and which rows."""
    for part in shape.parts(key):
        table, _ = _PLACE[key]
        row = table.alias()
        yield row, list(_is_in(row, key, (part,)))


def has(shape: Shape, key: Key, seq: Column, *, row: Any = None, number: int | None = None) -> Condition:
    """Return the condition that the statement under `seq` has a key, whose row `number` may come later.

    `row` is a row about the same statement.
    """
    table, name = _PLACE[key]
    if table is STATEMENT:
        column = _own(row, name, seq)
        if (
            row is not None and row.element is STATEMENT
        ):  # or a planner may walk the index of this key instead
            column = sa.func.coalesce(column, column)
        condition: Condition = column == sa.bindparam(key.value, type_=table.c[name].type)
        return condition
    link = table.alias()
    there = sa.select(link.c.usage).where(*_is_in(link, key, shape.parts(key), number), link.c.seq == seq)
    return there.limit(sa.literal_column("1")).scalar_subquery().is_not(None)


def stands(shape: Shape, seq: Column, *, row: Any = None) -> Iterator[Condition]:
    """Go through the condition that the statement under `seq` is not voided, where that is asked."""
    if not shape.with_voided:
        yield _own(row, "voided", seq).is_(False)


def payload(seq: Column) -> Any:
    """Return the text of the statement under `seq`."""
    return _own(None, "payload", seq)


def _own(row: Any, name: str, seq: Column) -> Any:
    """Return a column of the statement under `seq`, from a row about it where that has the column."""
    if row is not None and name in row.c:
        return row.c[name]
    statement = STATEMENT.alias()
    return sa.select(statement.c[name]).where(statement.c.seq == seq).scalar_subquery()


def _is_in(
    row: Any, key: Key, parts: tuple[int | None, ...], number: int | None = None
) -> Iterator[Condition]:
    table, name = _PLACE[key]
    type_: Any = table.c[name].type
    if number is None:
        yield row.c[name] == sa.bindparam(key.value, type_=type_)
    else:
        yield row.c[name] == sa.bindparam(None, number, type_=type_)
    if len(parts) > 1:
        yield row.c.direct.in_([sa.literal_column(str(part)) for part in parts])
    elif parts[0] is not None:
        yield row.c.direct == sa.literal_column(str(parts[0]))
    if key is Key.AUTHORITY:
        bit: Any = sa.literal_column(str(int(AgentUsage.AUTHORITY)))
        yield row.c.usage.bitwise_and(bit) != sa.literal_column("0")
