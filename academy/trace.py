"""Which piece of work this is: a request, a job or a command; its code, its door and what it cost so far."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from flask import has_request_context

Door = Literal["page", "api", "command", "worker"]

LENGTH = 12
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8  # for each byte one of the 32


@dataclass(slots=True)
class Work:
    """A piece of work: the code people may quote, the door it came through, and its cost in the database."""

    code: str
    door: Door
    name: str = ""
    began: float = field(default_factory=time.perf_counter)
    statements: int = 0
    database_seconds: float = 0.0
    person: str | None = None
    regular: bool = False


_present: ContextVar[Work | None] = ContextVar("work", default=None)


def new_code() -> str:
    """Make a code to be shown, read out and found again in the logs: 12 of A to Z and 2 to 7."""
    return os.urandom(LENGTH).translate(_LETTERS).decode()


def present() -> Work | None:
    """Return the work that is being done here, or None; a request is over when its context is."""
    found = _present.get()
    return None if found and found.door in {"page", "api"} and not has_request_context() else found


def cost(seconds: float) -> None:
    """Add a statement of the database to what the present work has cost."""
    found = _present.get()
    if found is not None:
        found.statements += 1
        found.database_seconds += seconds


def begin(begun: Work) -> None:
    """Do what follows in this thread as a piece of work, until the next one begins."""
    _present.set(begun)


@contextmanager
def work(door: Door, name: str, code: str | None = None) -> Iterator[Work]:
    """Do something as a piece of work of its own."""
    begun = Work(code or new_code(), door, name)
    token = _present.set(begun)
    try:
        yield begun
    finally:
        _present.reset(token)
