"""Jobs of courses."""


def forget_uploads() -> None:
    """Remove uploads that nobody finished."""
