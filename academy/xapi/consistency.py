"""The moment up to which a reader has seen every statement there will ever be (1.0.3 Communication 2.1.3).

`stored` is given out and committed under one lock, so what a snapshot holds is complete up to its newest
statement. Where that one is old, a glance at the lock tells whether anything is under way: if nobody holds it
and nothing came since, the snapshot is complete up to the present. What a glance has shown stays true, so one
in a while is enough, however many read.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from academy import clock
from academy.db import beside
from academy.replica import is_copy
from academy.transactions import Turn, began_reading, take
from academy.xapi import moments
from academy.xapi.models import Statement

RECENT = timedelta(milliseconds=250)

#: For each database, when the last glance was that found nothing under way.
_glances: dict[sa.URL, datetime] = {}

_NEWEST = sa.select(sa.func.max(Statement.__table__.c.seq))
_LET_GO = sa.func.pg_advisory_unlock(int(Turn.STATEMENTS))


def of(connection: sa.Connection) -> datetime:
    """Return the moment for what a connection reads from now on; its transaction has read nothing yet."""
    glanced = _glances.get(connection.engine.url, clock.EPOCH)
    if timedelta(0) <= clock.now() - glanced < RECENT:
        return glanced
    return through(connection) if began_reading(connection) else newest(connection)


def through(connection: sa.Connection) -> datetime:
    """Return the moment for the snapshot of this transaction, which only reads."""
    newest = connection.scalar(_NEWEST)
    known = moments.moment(newest) if newest else clock.EPOCH
    if clock.now() - known < RECENT:
        return known
    idle = _idle_at(connection, newest)
    if idle is None:
        return known
    _glances[connection.engine.url] = idle
    return idle


def forget_glance(connection: sa.Connection) -> None:
    """Have whoever reads next look anew, because statements are stored that they wait for."""
    _glances.pop(connection.engine.url, None)


def newest(connection: sa.Connection) -> datetime:
    """Return the moment for a transaction that may itself have stored statements."""
    found = connection.scalar(_NEWEST)
    return moments.moment(found) if found else clock.EPOCH


def next_moment(connection: sa.Connection) -> int:
    """Return a moment in microseconds that is after all statements stored, and before all that will be.

    No statement is stored until the transaction has ended.
    """
    take(Turn.STATEMENTS, connection)
    return max(clock.microseconds(clock.now()), (connection.scalar(_NEWEST) or 0) + 1)


def _idle_at(connection: sa.Connection, newest_seen: int | None) -> datetime | None:
    """Return the present if no statement is being stored and none came after `newest_seen`."""
    if is_copy(connection):  # which knows nothing of what the primary is doing
        return None
    if connection.dialect.name == "postgresql":
        return _idle_on_postgresql(newest_seen)
    return _idle_on_sqlite(connection.engine, newest_seen)


def _idle_on_postgresql(newest_seen: int | None) -> datetime | None:
    """Look while holding the lock; each query sees what was committed when it began, before it lets go."""
    with beside() as connection:
        other = connection.execution_options(isolation_level="AUTOCOMMIT")
        if not other.scalar(sa.select(sa.func.pg_try_advisory_lock(int(Turn.STATEMENTS)))):
            return None
        now = clock.now()
        try:
            seen, _ = other.execute(sa.select(_NEWEST.scalar_subquery(), _LET_GO)).one()
        except BaseException:
            other.invalidate()  # which lets go too
            raise
        return now if seen == newest_seen else None


def _idle_on_sqlite(engine: sa.Engine, newest_seen: int | None) -> datetime | None:
    pooled = engine.raw_connection()
    other: Any = pooled.driver_connection
    patience = other.execute("PRAGMA busy_timeout").fetchone()[0]
    try:
        other.execute("PRAGMA busy_timeout=0")
        other.execute("BEGIN IMMEDIATE")
        seen = other.execute("SELECT max(seq) FROM xapi_statement").fetchone()[0]
        return clock.now() if seen == newest_seen else None
    except sqlite3.OperationalError:
        return None
    finally:
        if other.in_transaction:
            other.execute("ROLLBACK")
        other.execute(f"PRAGMA busy_timeout={int(patience)}")
        pooled.close()
