"""What a store may raise, what it says of a file, and what a key is."""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from academy.errors import Unavailable

log = logging.getLogger(__name__)


class StorageGone(Unavailable):
    """The store of files does not answer, or refuses; `cause` is for operators, and in the log."""

    message = _l("The store of files does not answer just now. Nothing is lost; try again in a minute.")

    def __init__(self, cause: str = "") -> None:
        """Take what the store said."""
        super().__init__()
        self.cause = cause
        log.error("the store of files failed: %s", cause)


class StorageFull(StorageGone):
    """There is no room left for files."""

    message = _l("There is no room left for files. Nothing is lost; the operators have to make room.")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store."""

    key: str
    size: int
    modified: datetime


def checked(key: str) -> str:
    """Return a key that leads nowhere else; raises ValueError for any other text."""
    parts = key.split("/")
    if any(part in {"", ".", ".."} or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        raise ValueError(f"not a key of the store: {key!r}")
    return key
