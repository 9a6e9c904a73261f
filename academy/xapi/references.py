"""Statements that reach others by reference, and so match where those do; time and authority are their own.

Either the references are gone through and their targets are asked for the keys, or the statements of one key
and whoever reaches them: whichever is rarer. Of a full page, only references before its end count, and mostly
these are few. All is one query, so that a page is of one moment.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from academy.xapi import rarity, walks
from academy.xapi.rarity import Rarity
from academy.xapi.walks import LAST, REFERENCE, SHAPES, Column, Condition, Key, Shape

FEW = 400  # references that are gone through before anything else is considered


class Follow(StrEnum):
    """Which way references are followed."""

    REFERENCES = "all references are gone through"
    TARGETS = "the statements of a key are asked who refers to them"
    FEWER = "references if they are few before the end of the page, else targets"
    RARER = "references if they are few, or rarer than targets in the whole store, else targets"


def way(known: Rarity) -> tuple[Key, Follow]:
    """Return which way to follow references, and the key of targets that is rarest."""
    keys = _of_targets(known.shape)
    target = known.overall.rarest(keys)
    if known.overall.of(target) == float("inf"):
        return target, Follow.TARGETS
    is_dense = known.overall.of(target) < known.overall.of_references
    return target, Follow.REFERENCES if is_dense else Follow.FEWER


@lru_cache(SHAPES)
def page(shape: Shape, lead: Key, target: Key, follow: Follow, limit: int) -> sa.Select[Any]:
    """Return the query for `seq` and text of a page: found along one key, and by following references."""
    if follow is Follow.TARGETS:
        return walks.page(shape, [*walks.along(shape, lead), *_from_targets(shape, target)], limit)
    own = walks.first(shape, walks.along(shape, lead), limit).cte("own")
    told = _told(shape, own, target, follow, limit)
    end, goes_through = (sa.select(told.c[name]).scalar_subquery() for name in ("end", "goes_through"))
    branches = [sa.select(own.c.seq), _where(goes_through, _through(shape, end), limit)]
    if follow is not Follow.REFERENCES:
        asking = _from_targets(shape, target, end)
        branches += [_where(sa.not_(goes_through), query, limit) for query in asking]
    return walks.page(shape, branches, limit)


def _of_targets(shape: Shape) -> tuple[Key, ...]:
    return tuple(key for key in shape.keys if key is not Key.AUTHORITY)


def _told(shape: Shape, own: sa.CTE, target: Key, follow: Follow, limit: int) -> sa.CTE:
    """Return the query for where a page ends, and whether all references before that are gone through.

    A page that is not full ends with the store.
    """
    farthest = sa.func.max if shape.ascending else sa.func.min
    full = sa.case((sa.func.count() == walks.literal(limit), farthest(own.c.seq)))
    end = sa.func.coalesce(full, walks.literal(LAST if shape.ascending else -1))
    ended = sa.select(end.label("end")).select_from(own).subquery()
    ways: list[Any] = [sa.true()] if follow is Follow.REFERENCES else [_are_few(shape, ended.c.end)]
    if follow is Follow.RARER:
        ways.append(_are_rarer(shape.unbounded, target))
    return sa.select(ended.c.end, sa.or_(*ways).label("goes_through")).cte("told")


def _are_few(shape: Shape, end: Any) -> Condition:
    row = REFERENCE.alias()
    before = sa.select(row.c.seq).where(*shape.bounds(row.c.seq), _is_before(shape, row.c.seq, end))
    further = before.order_by(shape.ordered(row.c.seq)).limit(walks.literal(1)).offset(walks.literal(FEW))
    return further.scalar_subquery().is_(None)


def _are_rarer(shape: Shape, target: Key) -> Condition:
    nowhere = walks.literal(LAST if shape.ascending else -1)
    reference = sa.func.coalesce(rarity.far_reference(shape), nowhere)
    nearer = [_is_before(shape, far, reference) for far in rarity.far_statements(shape, target)]
    return sa.func.coalesce(sa.or_(*nearer), sa.false())


def _where(condition: Condition, query: sa.Select[Any], limit: int) -> sa.Select[Any]:
    """Return a query that finds nothing, and looks at nothing, where a condition of all rows does not hold.

    SQLite would go through the rows to ask for each.
    """
    most = sa.case((condition, walks.literal(limit)), else_=walks.literal(0))
    return sa.select(query.limit(most).subquery().c.seq)


def _is_before(shape: Shape, seq: Column, end: Any) -> Condition:
    return seq < end if shape.ascending else seq > end


def _through(shape: Shape, end: Any) -> sa.Select[Any]:
    row = REFERENCE.alias()
    targets = [walks.has(shape, key, row.c.target_seq) for key in _of_targets(shape)]
    before = sa.select(row.c.seq).where(_is_before(shape, row.c.seq, end))
    return _referring(shape, before, row.c.seq, targets)


def _from_targets(shape: Shape, lead: Key, end: Any = None) -> Iterator[sa.Select[Any]]:
    """Go through the queries for those that refer to statements of one key which have the others too."""
    others = [key for key in _of_targets(shape) if key is not lead]
    for piece in walks.pieces(shape, lead, bounded=False):
        found = sa.select(piece.row).where(*piece.conditions)
        target, joined = _fenced(found) if shape.is_postgresql else _joined(found)
        asked = [walks.has(shape, key, target.c.seq, row=target) for key in others]
        seq = joined.selected_columns.seq
        if end is not None:
            joined = joined.where(_is_before(shape, seq, end))
        yield _referring(shape, joined, seq, asked)


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
