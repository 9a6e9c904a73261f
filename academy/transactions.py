"""How connections are opened and transactions begin, on SQLite and on PostgreSQL.

What only reads begins as a transaction that may not write and sees one moment of the database throughout;
everything else begins as one that writes. See docs/decisions 5 and 10.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import g, has_request_context, request
from sqlalchemy import event

#: SQLite has one writer. Waiting in a queue of our own is fair; SQLite's own waiting sleeps and starves.
_turn = threading.Lock()
_TURN, _READS, _USED = "academy.turn", "academy.reads", "academy.used"
TURN_SECONDS = 30
BESIDE = 4
WALKERS = 8

#: How long PostgreSQL waits for a lock, and how long it lets a transaction do nothing before it ends it.
_POSTGRESQL = {
    "timezone": "UTC",
    "lock_timeout": f"{TURN_SECONDS}s",
    "idle_in_transaction_session_timeout": "300s",
}
_KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
CONNECT_SECONDS = 5
FRESH_SECONDS = 1.0

#: How many queries a connection has PostgreSQL remember with their plans, and after how many uses each.
MOST_PREPARED, PREPARED_AFTER, WALKS_PREPARED_AFTER = 400, 1, 0

#: States of PostgreSQL that pass: connection lost, serialization and deadlock, resources, shutdown, disks.
_PASSING_STATES = ("08", "40", "53", "55P03", "57P", "58")
_PASSING_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}

_COLLISIONS = {
    "23505",
    "23503",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
}

_reading = ContextVar("reading", default=False)

#: How the planner of PostgreSQL is kept to walks along indexes: else it collects all of a frequent key and
#: sorts it. What it may not do counts as very dear, so that it would compile each query first; and the walks
#: are the same for all values, so one plan will do.
WALKS = {
    **dict.fromkeys(("enable_sort", "enable_bitmapscan", "enable_seqscan", "jit"), "off"),
    "plan_cache_mode": "force_generic_plan",
}
WALKING = "academy.walking"
_WALKING_ENGINE = {
    "isolation_level": "AUTOCOMMIT",
    "skip_autocommit_rollback": True,
    "execution_options": {WALKING: True},
}
_WALK = sa.select(
    *(
        sa.func.set_config(*map(sa.literal_column, (f"'{name}'", f"'{value}'", "true")))
        for name, value in WALKS.items()
    )
)


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that has PostgreSQL answer in binary, as which bytes take half; statements are bytes."""

    def __init__(self, connection: Any, **options: Any) -> None:
        """Ask for it."""
        super().__init__(connection, **options)
        self.format = psycopg.pq.Format.BINARY


class Turn(IntEnum):
    """What only one transaction at a time may do; the numbers are those of PostgreSQL's advisory locks."""

    STATEMENTS = 0x78415049
    UPGRADE = 0x78415051
    CONTENTS = 0x78415052
    PLACES = 0x78415053


def take(turn: Turn, connection: sa.Connection, *, patient: bool = False) -> None:
    """Wait until no other transaction has the turn, and keep it to the end of this one.

    On SQLite a transaction that writes is the only one anyway. The patient wait for as long as it takes.
    """
    if connection.dialect.name != "postgresql":
        return
    if patient:
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(turn))))
    if patient:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_POSTGRESQL['lock_timeout']}'")


def take_for(thing: str, connection: sa.Connection) -> None:
    """Wait until no other transaction has taken the turn for a thing, which may have no row yet."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.blake2b(thing.encode(), digest_size=8).digest(), signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def walk(connection: sa.Connection) -> None:
    """Have queries be walks along indexes to the end of the transaction, on whichever connection."""
    if connection.dialect.name == "postgresql" and not connection.get_execution_options().get(WALKING):
        connection.execute(_WALK)


@contextmanager
def reading() -> Iterator[None]:
    """Begin transactions inside as read-only ones, outside of a request (on SQLite: deferred)."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def only_reads() -> bool:
    """Say whether a transaction that begins now is one that only reads."""
    if _reading.get():
        return True
    return (
        has_request_context() and request.method in {"GET", "HEAD", "OPTIONS"} and not g.get("writes", False)
    )


def began_reading(connection: sa.Connection) -> bool:
    """Say whether the present transaction of a connection is one that only reads."""
    walks = bool(connection.get_execution_options().get(WALKING))
    return walks or bool(connection.info.get(_READS, False))


def options(url: str, *, pool: int, walks: bool = False) -> dict[str, Any]:
    """Return the options of an engine for a database; `pool` is the most connections to PostgreSQL.

    An engine for walks has no transactions: each query stands for itself, and may only read.
    """
    parts = sa.make_url(url)
    if parts.get_backend_name() == "sqlite":  # a connection costs nothing; waiting for one does
        return {"pool_size": 16, "max_overflow": -1} if parts.database else {}
    given = parts.query.get("options", "")
    settings = _POSTGRESQL | (WALKS | {"default_transaction_read_only": "on"} if walks else {})
    own = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {
        **(_WALKING_ENGINE if walks else {}),
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": TURN_SECONDS,
        "pool_use_lifo": True,
        "connect_args": {
            "application_name": "academy",
            "connect_timeout": CONNECT_SECONDS,
            "options": f"{own} {given}".strip(),
            "prepare_threshold": WALKS_PREPARED_AFTER if walks else PREPARED_AFTER,
            **({"cursor_factory": BinaryCursor} if walks else {}),
            **_KEPT_ALIVE,
        },
    }


def is_passing(error: BaseException) -> bool:
    """Say whether an error of the database may be gone when the same is tried again a little later."""
    if isinstance(error, sa.exc.TimeoutError):
        return True
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        return (
            getattr(error, "connection_invalidated", False)
            or (cause.sqlstate is None and isinstance(cause, psycopg.OperationalError))
            or (cause.sqlstate or "").startswith(_PASSING_STATES)
        )
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES


def is_collision(error: BaseException) -> bool:
    """Say whether a constraint refused what another transaction did first: made the same, or removed it."""
    if not isinstance(error, sa.exc.IntegrityError):
        return False
    told = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return told in _COLLISIONS


def govern(engine: sa.Engine, *, synchronous: str) -> None:
    """Have an engine's transactions begin by the rules of this module."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite(synchronous))
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "commit", _end_sqlite)
        event.listen(engine, "rollback", _undo_sqlite)
        event.listen(engine, "checkin", _give_up_turn)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
        event.listen(engine, "checkout", _check_postgresql)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "begin", _begin_postgresql)


def _set_up_sqlite(synchronous: str) -> Any:
    def set_up(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the begin event below decides how transactions start
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "secure_delete=ON",  # what was erased is not left in pages that are free
        ):
            connection.execute(f"PRAGMA {pragma}")

    return set_up


def _begin_sqlite(connection: sa.Connection) -> None:
    driver: Any = connection.connection.driver_connection
    reads = connection.info[_READS] = only_reads()
    if reads:
        driver.execute("BEGIN")
        return
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise sa.exc.TimeoutError(f"no turn to write within {TURN_SECONDS} seconds")
    connection.info[_TURN] = True
    driver.execute("BEGIN IMMEDIATE")


def _end_sqlite(connection: sa.Connection) -> None:
    """Commit before the turn passes on, so that the next writer finds the file unlocked."""
    try:
        connection.connection.commit()
    except sqlite3.Error:
        connection.connection.rollback()  # while nobody else has the turn
        raise
    finally:
        _give_up_turn(None, connection)


def _undo_sqlite(connection: sa.Connection) -> None:
    try:
        connection.connection.rollback()
    finally:
        _give_up_turn(None, connection)


def _give_up_turn(closed: object, holder: Any) -> None:
    """Let the next writer go; also where a connection goes back to the pool with its transaction open."""
    if holder.info.pop(_TURN, False):
        _turn.release()


def _set_up_postgresql(connection: Any, record: Any) -> None:
    connection.prepared_max = MOST_PREPARED
    _note_use(connection, record)


def _check_postgresql(connection: Any, record: Any, fairy: object) -> None:
    """See that a connection not used for a while is alive, so that a server that was away is found again."""
    if time.monotonic() - record.info.get(_USED, 0) < FRESH_SECONDS:
        return
    try:
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SELECT 1")
        connection.autocommit = before
    except psycopg.Error as error:
        raise sa.exc.InvalidatePoolError("the connection is dead") from error


def _note_use(connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _begin_postgresql(connection: sa.Connection) -> None:
    """Tell the driver how its next BEGIN reads; what reads sees one moment, what writes the newest rows."""
    driver: Any = connection.connection.driver_connection
    if driver.autocommit:
        return
    reads = connection.info[_READS] = only_reads()
    level = psycopg.IsolationLevel.REPEATABLE_READ if reads else psycopg.IsolationLevel.READ_COMMITTED
    if driver.read_only is not reads or driver.isolation_level is not level:
        driver.read_only, driver.isolation_level = reads, level
