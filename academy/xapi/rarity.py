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


@dataclass(frozen=True, slots=True)
class Distances:
    """Where the `PROBE`-th statement of each key and the `PROBE`-th reference lie.

    The shape is what was asked, with the parts of keys that are empty whatever the bounds.
    """

    shape: Shape
    seqs: Mapping[str, int | None]

    def of(self, key: Key) -> float:
        """Return how far away that of a key is; infinitely where there are fewer."""
        return self._least(_label(key, part) for part in self.shape.parts(key))

    def rarest(self, keys: Iterable[Key]) -> Key:
        """Return the key whose statement is missing or farthest away."""
        return max(keys, key=self.of)

    @property
    def has_all_keys(self) -> bool:
        """Say whether anything lies under each key."""
        return all(self.shape.parts(key) for key in self.shape.keys)

    @property
    def newest(self) -> int:
        """Return the `seq` of the newest statement at the time, whatever its keys."""
        return self.seqs[_NEWEST] or 0

    @property
    def of_references(self) -> float:
        """Return how far away that of references is."""
        return self._least([_FAR_REFERENCE])

    def _least(self, labels: Iterable[str]) -> float:
        direction = 1 if self.shape.ascending else -1
        found = (self.seqs.get(label) for label in labels)
        return min((direction * seq for seq in found if seq is not None), default=float("inf"))


def probe(connection: sa.Connection, shape: Shape, values: Values) -> Distances:
    """Look how rare the keys of a shape are, and which parts of them are empty."""
    seqs = connection.execute(_probe(shape), values).one()._asdict()
    empty = {(key, part) for key, part in _linked(shape) if seqs[_lies(key, part)] is None}
    return Distances(replace(shape, empty=frozenset(empty)), seqs)


def _linked(shape: Shape) -> Iterator[tuple[Key, int]]:
    return ((key, part) for key in shape.keys for part in shape.parts(key) if part is not None)


def _lies(key: Key, part: int) -> str:
    return f"lies_{key.value}_{part}"


def _label(key: Key, part: int | None) -> str:
    return f"{key.value}_{part}"


@lru_cache(SHAPES)
def _probe(shape: Shape) -> sa.Select[Any]:
    def seq_of(piece: Piece, skipped: Any) -> Any:
        query = sa.select(piece.row.c.seq).where(*piece.conditions).order_by(*piece.order)
        return query.limit(walks.literal(1)).offset(skipped).scalar_subquery()

    columns = [sa.select(sa.func.max(walks.STATEMENT.c.seq)).scalar_subquery().label(_NEWEST)]
    row = REFERENCE.alias()
    references = Piece(row, [*shape.bounds(row.c.seq)], [shape.ordered(row.c.seq)])
    columns.append(seq_of(references, _SKIPPED).label(_FAR_REFERENCE))
    for key in shape.keys:
        for part, piece in zip(shape.parts(key), walks.pieces(shape, key), strict=True):
            columns.append(seq_of(piece, _SKIPPED).label(_label(key, part)))
    columns += [walks.lies(key, part).label(_lies(key, part)) for key, part in _linked(shape)]
    return sa.select(*columns)
