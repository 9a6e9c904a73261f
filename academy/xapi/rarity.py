"""How rare a key of statements is: how far away its `PROBE`-th statement is, from where a page begins.

Many keys lie in one place alone: a course is a parent and never an object, an authority never an actor. What
is empty is found out here, so that nobody looks there again, statement by statement.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from academy.xapi import walks
from academy.xapi.walks import REFERENCE, SHAPES, Key, Piece, Shape, Values

PROBE = 400

_NEWEST, _FAR_REFERENCE = "newest", "far_reference"
_SKIPPED: Any = sa.literal_column(str(PROBE))

_AHEAD, _OVERALL = "ahead", "overall"


@dataclass(frozen=True, slots=True)
class Distances:
    """Where the `PROBE`-th statement of each key and the `PROBE`-th reference lie, from one place on."""

    shape: Shape
    place: str
    seqs: Mapping[str, int | None]

    def of(self, key: Key) -> float:
        """Return how far away that of a key is; infinitely where there are fewer."""
        return self._least(_label(self.place, key, part) for part in self.shape.parts(key))

    def rarest(self, keys: Iterable[Key]) -> Key:
        """Return the key whose statement is missing or farthest away."""
        return max(keys, key=self.of)

    @property
    def of_references(self) -> float:
        """Return how far away that of references is."""
        return self._least([_label(self.place, _FAR_REFERENCE)])

    def _least(self, labels: Iterable[str]) -> float:
        direction = 1 if self.shape.ascending else -1
        found = (self.seqs[label] for label in labels)
        return min((direction * seq for seq in found if seq is not None), default=float("inf"))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare keys and references are: from where a page begins, and in the whole store.

    The shape is what was asked, with the parts of keys that are empty whatever the bounds; `newest` is the
    `seq` of the newest statement at the time, whatever its keys, 0 in an empty store.
    """

    shape: Shape
    ahead: Distances
    overall: Distances
    newest: int

    @property
    def has_all_keys(self) -> bool:
        """Say whether anything lies under each key."""
        return all(self.shape.parts(key) for key in self.shape.keys)


def probe(connection: sa.Connection, shape: Shape, values: Values) -> Rarity:
    """Look how rare the keys of a shape are, and which parts of them are empty."""
    seqs = connection.execute(_probe(shape), values).one()._asdict()
    empty = {(key, part) for key, part in _linked(shape) if seqs[_label("lies", key, part)] is None}
    known = replace(shape, empty=frozenset(empty))
    ahead = Distances(known, _AHEAD, seqs)
    overall = Distances(known, _OVERALL, seqs) if shape.is_bounded else ahead
    return Rarity(known, ahead, overall, seqs[_NEWEST] or 0)


def far_statements(shape: Shape, key: Key) -> Iterator[Any]:
    """Go through the queries for the `PROBE`-th statement of each part of a key."""
    return (_far(piece) for piece in walks.pieces(shape, key))


def far_reference(shape: Shape) -> Any:
    """Return the query for the `PROBE`-th reference."""
    row = REFERENCE.alias()
    return _far(Piece(row, [*shape.bounds(row.c.seq)], [shape.ordered(row.c.seq)]))


def _linked(shape: Shape) -> Iterator[tuple[Key, int]]:
    return ((key, part) for key in shape.keys for part in shape.parts(key) if part is not None)


def _label(*parts: object) -> str:
    return "_".join(map(str, parts))


@lru_cache(SHAPES)
def _probe(shape: Shape) -> sa.Select[Any]:
    columns = [sa.select(sa.func.max(walks.STATEMENT.c.seq)).scalar_subquery().label(_NEWEST)]
    columns += _distances(shape, _AHEAD)
    if shape.is_bounded:
        columns += _distances(shape.unbounded, _OVERALL)
    columns += [walks.lies(key, part).label(_label("lies", key, part)) for key, part in _linked(shape)]
    return sa.select(*columns)


def _distances(shape: Shape, place: str) -> Iterator[Any]:
    yield far_reference(shape).label(_label(place, _FAR_REFERENCE))
    for key in shape.keys:
        for part, far in zip(shape.parts(key), far_statements(shape, key), strict=True):
            yield far.label(_label(place, key, part))


def _far(piece: Piece) -> Any:
    query = sa.select(piece.row.c.seq).where(*piece.conditions).order_by(*piece.order)
    return query.limit(walks.literal(1)).offset(_SKIPPED).scalar_subquery()
