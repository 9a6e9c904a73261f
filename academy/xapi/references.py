"""Statements that reach others by reference, and so match where those do; time and authority are their own.

Either the references are gone through and their targets are asked for the keys, or the statements of one key
and whoever reaches them: whichever is rarer.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from academy.xapi import rarity, walks
from academy.xapi.rarity import Distances
from academy.xapi.walks import REFERENCE, SHAPES, Condition, Found, Key, Shape, Values


def reaching(
    connection: sa.Connection,
    shape: Shape,
    values: Values,
    *,
    near: Distances,
    own: Sequence[Found],
    limit: int,
) -> list[Found]:
    """Return statements that match by reference, as far as they may be on the page.

    `near` tells how rare the keys are from where the page begins, `own` are those found by themselves.
    """
    keys = _of_targets(shape)
    is_bounded = near.shape.is_bounded_below or near.shape.is_bounded_above
    if len(own) == limit and (is_bounded or near.of(near.rarest(keys)) < float("inf")):
        ended, last = _ended(shape), own[-1][0]  # what lies behind is not on the page
        edge = {"above" if shape.ascending else "below": last}
        return walks.found(connection, _through(ended, limit), values | edge)
    overall = near
    if is_bounded:
        unbounded = replace(shape, keys=keys, is_bounded_below=False, is_bounded_above=False)
        overall = rarity.probe(connection, unbounded, values)
    lead = overall.rarest(keys)
    from_all = overall.of(lead) < overall.of_references
    query = _through(shape, limit) if from_all else _from_targets(shape, lead, limit)
    return walks.found(connection, query, values)


def _of_targets(shape: Shape) -> tuple[Key, ...]:
    return tuple(key for key in shape.keys if key is not Key.AUTHORITY)


def _ended(shape: Shape) -> Shape:
    return replace(shape, is_bounded_above=True) if shape.ascending else replace(shape, is_bounded_below=True)


@lru_cache(SHAPES)
def _through(shape: Shape, limit: int) -> sa.Select[Any]:
    row = REFERENCE.alias()
    targets = [walks.has(shape, key, row.c.target_seq) for key in _of_targets(shape)]
    return walks.page(shape, [_referring(shape, sa.select(row.c.seq), row.c.seq, targets)], limit)


@lru_cache(SHAPES)
def _from_targets(shape: Shape, lead: Key, limit: int) -> sa.Select[Any]:
    others = [key for key in _of_targets(shape) if key is not lead]
    branches = []
    for piece in walks.pieces(shape, lead, bounded=False):
        found = sa.select(piece.row).where(*piece.conditions)
        target, joined = _fenced(found) if shape.is_postgresql else _joined(found)
        asked = [walks.has(shape, key, target.c.seq, row=target) for key in others]
        branches.append(_referring(shape, joined, joined.selected_columns.seq, asked))
    return walks.page(shape, branches, limit)


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
