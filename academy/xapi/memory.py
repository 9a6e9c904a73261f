"""Which verbs and activities this process has read already, so that saving need not ask for them again.

Only what another transaction has committed is kept: a row that the present one made or changed may yet be
rolled back. Rows of verbs and activities are never removed (those of agents are, by erasure, and are not kept
here). Words that another process has changed since are noticed when they are given differently; until then
nothing is lost, for a row is read anew before it is changed.
"""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from academy.xapi.json_text import Json

MOST_KEPT = 2000  # of each table

Known = dict[str, tuple[int, Json]]

_known: WeakKeyDictionary[sa.Pool, dict[sa.FromClause, Known]] = WeakKeyDictionary()
_touched: WeakKeyDictionary[sa.RootTransaction, set[tuple[sa.FromClause, str]]] = WeakKeyDictionary()


def recall(connection: sa.Connection, table: sa.FromClause) -> Known:
    """Return what is known of a table, by IRI: row number and content; for reading only."""
    return _known.get(connection.engine.pool, {}).get(table, {})


def touch(connection: sa.Connection, table: sa.FromClause, iris: Iterable[str]) -> None:
    """Note that the present transaction made or changed rows, and forget them."""
    transaction = connection.get_transaction()
    known = recall(connection, table)
    for iri in iris:
        known.pop(iri, None)
        if isinstance(transaction, sa.RootTransaction):
            _touched.setdefault(transaction, set()).add((table, iri))


def keep(connection: sa.Connection, table: sa.FromClause, iri: str, number: int, content: Json) -> None:
    """Keep what was read, unless the present transaction has touched it."""
    transaction = connection.get_transaction()
    if not isinstance(transaction, sa.RootTransaction) or (table, iri) in _touched.get(transaction, ()):
        return
    known = _known.setdefault(connection.engine.pool, {}).setdefault(table, {})
    if len(known) >= MOST_KEPT:
        known.clear()
    known[iri] = (number, content)
