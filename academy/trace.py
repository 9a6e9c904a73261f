"""Which piece of work this is: a request, a job or a command; its code, its door and what it cost so far."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

Door = Literal["page", "api", "command", "worker"]

#: Crockford's letters: none that is taken for another when a code is read out or copied by hand.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


@dataclass(slots=True)
class Work:
    """A piece of work: the code people may quote, the door it came through, and its cost in the database."""

    code: str
    door: Door
    name: str = ""
    began: float = field(default_factory=time.perf_counter)
    statements: int = 0
    database_seconds: float = 0.0


_present: ContextVar[Work | None] = ContextVar("work", default=None)


def new_code() -> str:
    """Make a code of 12 letters and digits, to be shown, quoted and found again in the logs."""
    value = int.from_bytes(os.urandom(8))
    return "".join(LETTERS[value >> 5 * place & 31] for place in range(LENGTH))


def present() -> Work | None:
    """Return the work that is being done here, or None."""
    return _present.get()


@contextmanager
def work(door: Door, name: str, code: str | None = None) -> Iterator[Work]:
    """Do something as a piece of work of its own."""
    begun = Work(code or new_code(), door, name)
    token = _present.set(begun)
    try:
        yield begun
    finally:
        _present.reset(token)
