"""The end of sessions."""


def close_abandoned() -> None:
    """Close sessions whose browser went away."""
