"""Which page of a list an address asks for."""

from collections.abc import Mapping

LAST = 1_000_000


def number(arguments: Mapping[str, str]) -> int:
    """Return the number of the page, from 1 on; anything else is the first page."""
    try:
        asked = int(arguments.get("page", "1"))
    except ValueError:
        return 1
    return min(max(asked, 1), LAST)
