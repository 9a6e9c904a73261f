"""Statements that reach others by reference, and so match where those do; time and authority are their own.

Either the references are gone through and their targets are asked for the keys, or the statements of one key
and whoever reaches them: whichever is rarer. Mostly few references lie before the end of a page, and these
are looked at in one question with what matches by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from academy.xapi import rarity, walks
from academy.xapi.rarity import Distances
from academy.xapi.walks import (
    LAST,
    REFERENCE,
    SHAPES,
    STATEMENT,
    Column,
    Condition,
    Found,
    Key,
    Shape,
    Values,
)

FEW = 400  # references that cost less than another question to the database


@dataclass(frozen=True, slots=True)
class Nearby:
    """Statements that match by themselves and, where the page is whole with these, by a few references.

    `newest` is the `seq` of the newest statement at the time, whatever its keys; 0 in an empty store.
    """

    found: list[Found]
    is_whole: bool
    newest: int


def nearby(connection: sa.Connection, shape: Shape, values: Values, *, lead: Key, limit: int) -> Nearby:
    """Walk along one key, and look at the references before the end of the page if they are few."""
    rows = connection.execute(_nearby(shape, lead, limit), values).all()
    found = [(row.seq, bytes(row.text)) for row in rows if row.seq is not None]
    return Nearby(found, bool(rows[0].is_whole), rows[0].newest or 0)


def with_rare(
    connection: sa.Connection, shape: Shape, values: Values, *, lead: Key, rare: Key, limit: int
) -> list[Found]:
    """Return the whole page, found along one key and by what refers to the few statements of a rare one."""
    return walks.found(connection, _with_rare(shape, lead, rare, limit), values)


def rarest(shape: Shape, near: Distances) -> Key | None:
    """Return the rarest key of targets where it has few statements in the whole store, else None."""
    if not (keys := _of_targets(shape)) or _is_bounded(near.shape):
        return None
    rare = near.rarest(keys)
    return rare if near.of(rare) == float("inf") else None


def leading(connection: sa.Connection, shape: Shape, values: Values, near: Distances | None) -> Key | None:
    """Return the key whose statements are asked who refers to them, None where references are rarer.

    `near` tells how rare the keys are from where the page begins. One key alone needs none in a page without
    bounds that is not whole: before its end lie more references than statements of the key.
    """
    keys = _of_targets(shape)
    if near is None and not _is_bounded(shape):
        return keys[0]
    if near is None or _is_bounded(near.shape):
        unbounded = replace(shape, keys=keys, is_bounded_below=False, is_bounded_above=False)
        near = rarity.probe(connection, unbounded, values)
    lead = near.rarest(keys)
    return None if near.of(lead) < near.of_references else lead


def reaching(
    connection: sa.Connection,
    shape: Shape,
    values: Values,
    *,
    lead: Key | None,
    own: Sequence[Found],
    limit: int,
) -> list[Found]:
    """Return statements that match by reference, as far as they may be on a page that begins with `own`."""
    if len(own) == limit:  # what lies behind is not on the page
        shape, values = _ended(shape), values | {"above" if shape.ascending else "below": own[-1][0]}
    query = _through(shape, limit) if lead is None else _from_targets(shape, lead, limit)
    return walks.found(connection, query, values)


def _is_bounded(shape: Shape) -> bool:
    return shape.is_bounded_below or shape.is_bounded_above


def _of_targets(shape: Shape) -> tuple[Key, ...]:
    return tuple(key for key in shape.keys if key is not Key.AUTHORITY)


def _ended(shape: Shape) -> Shape:
    return replace(shape, is_bounded_above=True) if shape.ascending else replace(shape, is_bounded_below=True)


@lru_cache(SHAPES)
def _nearby(shape: Shape, lead: Key, limit: int) -> sa.Select[Any]:
    own = walks.first(shape, walks.along(shape, lead), limit).cte("own")
    told = _told(shape, own, limit)
    row = REFERENCE.alias()
    end, is_whole = (sa.select(told.c[name]).scalar_subquery() for name in ("end", "is_whole"))
    targets = [walks.has(shape, key, row.c.target_seq) for key in _of_targets(shape)]
    few = sa.select(row.c.seq).where(is_whole, _is_before(shape, row.c.seq, end))
    through = _referring(shape, few, row.c.seq, targets)
    found = walks.with_text(shape, walks.first(shape, [sa.select(own.c.seq), through], limit)).subquery()
    rows = sa.select(found.c.seq, found.c.text, told.c.is_whole, told.c.newest)
    return rows.select_from(told.outerjoin(found, sa.true())).order_by(shape.ordered(found.c.seq))


def _told(shape: Shape, own: sa.CTE, limit: int) -> sa.CTE:
    """Return the query for where a page ends, and whether few references lie before that.

    A page that is not full ends with the store.
    """
    row, farthest = REFERENCE.alias(), sa.func.max if shape.ascending else sa.func.min
    full = sa.case((sa.func.count() == walks.literal(limit), farthest(own.c.seq)))
    end = sa.func.coalesce(full, walks.literal(LAST if shape.ascending else -1))
    newest = sa.select(sa.func.max(STATEMENT.c.seq)).scalar_subquery()
    page = sa.select(end.label("end"), newest.label("newest")).select_from(own).subquery()
    before = sa.select(row.c.seq).where(*shape.bounds(row.c.seq), _is_before(shape, row.c.seq, page.c.end))
    further = before.order_by(shape.ordered(row.c.seq)).limit(walks.literal(1)).offset(walks.literal(FEW))
    return sa.select(page, further.scalar_subquery().is_(None).label("is_whole")).cte("told")


def _is_before(shape: Shape, seq: Column, end: Any) -> Condition:
    return seq < end if shape.ascending else seq > end


@lru_cache(SHAPES)
def _through(shape: Shape, limit: int) -> sa.Select[Any]:
    row = REFERENCE.alias()
    targets = [walks.has(shape, key, row.c.target_seq) for key in _of_targets(shape)]
    return walks.page(shape, [_referring(shape, sa.select(row.c.seq), row.c.seq, targets)], limit)


@lru_cache(SHAPES)
def _from_targets(shape: Shape, lead: Key, limit: int) -> sa.Select[Any]:
    return walks.page(shape, _referring_to(shape, lead), limit)


@lru_cache(SHAPES)
def _with_rare(shape: Shape, lead: Key, rare: Key, limit: int) -> sa.Select[Any]:
    return walks.page(shape, [*walks.along(shape, lead), *_referring_to(shape, rare)], limit)


def _referring_to(shape: Shape, lead: Key) -> Iterator[sa.Select[Any]]:
    """Go through the queries for those that refer to statements of one key which have the others too."""
    others = [key for key in _of_targets(shape) if key is not lead]
    for piece in walks.pieces(shape, lead, bounded=False):
        found = sa.select(piece.row).where(*piece.conditions)
        target, joined = _fenced(found) if shape.is_postgresql else _joined(found)
        asked = [walks.has(shape, key, target.c.seq, row=target) for key in others]
        yield _referring(shape, joined, joined.selected_columns.seq, asked)


def _joined(targets: sa.Select[Any]) -> tuple[Any, sa.Select[Any]]:
    target, row = targets.subquery(), REFERENCE.alias()
    return target, sa.select(row.c.seq).join_from(target, row, target.c.seq == row.c.target_seq)


def _fenced(targets: sa.Select[Any]) -> tuple[Any, sa.Select[Any]]:
    """Have PostgreSQL join first: it would walk all references in order, rather than sort a few."""
    target, row = targets.subquery(), REFERENCE.alias()
    pairs = sa.select(row.c.seq.label("referring"), target).join_from(
        target, row, target.c.seq == row.c.target_seq
    )
    joined = pairs.offset(walks.literal(0)).subquery()
    return joined, sa.select(joined.c.referring.label("seq"))


def _referring(shape: Shape, query: sa.Select[Any], seq: Any, asked: list[Condition]) -> sa.Select[Any]:
    """Return the query with what is asked of the targets, and of the statement that refers to them."""
    own = [walks.has(shape, key, seq) for key in shape.keys if key is Key.AUTHORITY]
    found = query.where(*shape.bounds(seq), *walks.stands(shape, seq, *asked, *own))
    return found.distinct().order_by(shape.ordered(seq))
