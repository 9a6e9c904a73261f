"""Hiding what is small where figures are shown beyond one's own scope; pure."""

from collections.abc import Sequence

SMALLEST = 5


def is_small(count: int) -> bool:
    """Say whether a count is of so few people that it may point at one of them."""
    return 0 < count < SMALLEST


def hidden(counts: Sequence[int]) -> list[bool]:
    """Say which cells of a column are hidden when its total is known.

    Small counts are hidden, and as many of the next larger ones as it takes, so that the total minus what is
    shown does not give a small count back.
    """
    hides = [is_small(count) for count in counts]
    by_size = sorted((index for index, count in enumerate(counts) if count), key=lambda index: counts[index])
    while any(hides) and (sum(hides) == 1 or _sum(counts, hides) < SMALLEST):
        more = next((index for index in by_size if not hides[index]), None)
        if more is None:
            break
        hides[more] = True
    return hides


def _sum(counts: Sequence[int], hides: Sequence[bool]) -> int:
    return sum(count for count, is_hidden in zip(counts, hides, strict=True) if is_hidden)
