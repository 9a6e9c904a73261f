"""The one signal of the store."""

from dataclasses import dataclass
from uuid import UUID

from blinker import Signal

from academy.xapi.json_text import Json


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement as the store keeps it; `seq`, the order of all statements, is `stored` in microseconds."""

    seq: int
    id: UUID
    statement: Json


#: Sent in the transaction of the insert, once a call, with the new statements only:
#: sender = the connection, stored = list of StoredStatement in order of `seq`.
statements_stored = Signal()
