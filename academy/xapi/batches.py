"""Cut long lists into pieces that fit into one SQL statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

SIZE = 500


def pieces(items: Sequence[Item], size: int = SIZE) -> Iterator[Sequence[Item]]:
    """Go through a list in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
