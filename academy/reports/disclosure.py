"""Hiding what is small where figures are shown beyond one's own scope; pure."""

from collections.abc import Sequence

SMALLEST = 5


def is_small(count: int) -> bool:
    """Say whether a count is of so few people that it may point at one of them."""
    return 0 < count < SMALLEST


def hidden(counts: Sequence[int], *, of: Sequence[int] | None = None) -> list[bool]:
    """Say which cells of a column are hidden when its total is known.

    Small counts are hidden, and as many of the next larger ones as it takes, so that the total minus what is
    shown does not give a small count back. `of` is a column of which this one is a part and that is shown
    beside it: then nobody can work out either how few are missing.
    """
    missing = [whole - count for whole, count in zip(of, counts, strict=True)] if of else [0] * len(counts)
    hides = [is_small(count) or is_small(less) for count, less in zip(counts, missing, strict=True)]
    by_size = sorted((index for index, count in enumerate(counts) if count), key=lambda index: counts[index])
    while any(hides) and (
        sum(hides) == 1 or _sum(counts, hides) < SMALLEST or is_small(_sum(missing, hides))
    ):
        more = next((index for index in by_size if not hides[index]), None)
        if more is None:
            break
        hides[more] = True
    return hides


def _sum(counts: Sequence[int], hides: Sequence[bool]) -> int:
    return sum(count for count, is_hidden in zip(counts, hides, strict=True) if is_hidden)
