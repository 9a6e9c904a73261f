"""Folding statements into the projection."""


def apply(sender: object, *, stored: list[object]) -> None:
    """Fold new statements into the projection, in the same transaction."""
