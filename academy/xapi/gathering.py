"""Requests that bring statements at the same moment share a transaction, and so a wait for the disk.

Nobody waits for company. While one transaction is under way, others come and queue; when it ends, the first
of them stores for all who wait by then. Each is answered after the transaction that holds its statements.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from flask import current_app

from academy.db import present_connection, release, transaction
from academy.transactions import is_passing
from academy.xapi import store
from academy.xapi.preparation import Draft

MOST = 500  # statements in one transaction, unless one request brings more


class Word(Enum):
    """What a request that waits is told: to store for all who wait, how that ended, or to do it by itself."""

    LEAD = "lead"
    DONE = "done"
    FAILED = "failed"
    ALONE = "alone"


@dataclass(slots=True)
class Waiting:
    """A request with statements to store, until it is told something."""

    drafts: Sequence[Draft]
    word: Word = Word.LEAD
    error: Exception | None = None
    newest: int = 0
    told: threading.Event = field(default_factory=threading.Event)

    def tell(self, word: Word, error: Exception | None = None, *, newest: int = 0) -> None:
        """Wake the request."""
        self.word, self.error, self.newest = word, error, newest
        self.told.set()


class Gathering:
    """Those who wait in this process to store statements, in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.waiting: deque[Waiting] = deque()
        self._lock, self._busy = threading.Lock(), False

    def store(self, drafts: Sequence[Draft]) -> int:
        """Store prepared statements and commit, in this request or in another one; return what `write` does.

        Raises what `store.write` raises for these statements; those of other requests make no difference.
        """
        release()  # what was read for these statements is over
        mine = Waiting(drafts)
        with self._lock:
            self.waiting.append(mine)
            leads, self._busy = not self._busy, True
        if not leads:
            mine.told.wait()
        if mine.word is Word.LEAD:
            self._lead()
        if mine.error:
            raise mine.error
        return _committed(drafts) if mine.word is Word.ALONE else mine.newest

    def _lead(self) -> None:
        """Store for those who wait, oneself the first of them; then let the next one lead."""
        group = self._next()
        word, error, newest = Word.ALONE, None, 0
        try:
            # What cannot be stored together is tried one by one: so the drafts stay as they came.
            drafts = [replace(draft, statement={**draft.statement}) for one in group for draft in one.drafts]
            newest, word = _committed(drafts), Word.DONE
        except Exception as fault:
            if len(group) == 1 or is_passing(fault):  # where the database is away, it is for each of them
                word, error = Word.FAILED, fault
        finally:
            for one in group:
                one.tell(word, error, newest=newest)
            self._pass_on()

    def _next(self) -> list[Waiting]:
        with self._lock:
            group = [self.waiting.popleft()]
            count = len(group[0].drafts)
            while self.waiting and (count := count + len(self.waiting[0].drafts)) <= MOST:
                group.append(self.waiting.popleft())
        return group

    def _pass_on(self) -> None:
        with self._lock:
            self._busy = bool(self.waiting)
            if self._busy:
                self.waiting[0].tell(Word.LEAD)


def gathering() -> Gathering:
    """Return the gathering of this process and Academy."""
    found: Gathering = current_app.extensions.setdefault("academy.xapi.gathering", Gathering())
    return found


def _committed(drafts: Sequence[Draft]) -> int:
    with transaction():
        return store.write(present_connection(), drafts)
