"""The database: types, naming convention, and one commit per request."""

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: SQLite has one writer. Waiting in a queue of our own is fair; SQLite's own waiting sleeps and starves.
_turn = threading.Lock()
_TURN = "academy.turn"
TURN_SECONDS = 30

_reading = ContextVar("reading", default=False)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # what a type checker may know of it
else:
    Model = db.Model

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JsonType = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PublicId = sa.Uuid(as_uuid=True)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; refuses one without a zone, whatever the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Bring a moment to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back an aware moment; SQLite forgets the zone."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Translated(sa.types.TypeDecorator[dict[str, str]]):
    """What an author wrote for people, per language: `{"en": …, "ru": …}`; empty texts are left out."""

    impl = JsonType
    cache_ok = True

    def process_bind_param(
        self, value: Mapping[str, str] | None, dialect: sa.Dialect
    ) -> dict[str, str] | None:
        """Drop empty languages."""
        return None if value is None else {language: text for language, text in value.items() if text}


installation = sa.Table(
    "installation",
    Base.metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


def new_public_id() -> uuid.UUID:
    """Make a UUIDv7 (RFC 9562): ordered by time, unguessable in its last 74 bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def init_app(app: Flask) -> None:
    """Connect the engine and the rule of one commit per request."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    options = app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {})
    if str(app.config["DATABASE_URL"]).startswith("sqlite:///"):
        options |= {"pool_size": 16, "max_overflow": -1}  # a connection costs nothing; waiting for one does
    db.init_app(app)
    app.after_request(_finish)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _set_up_sqlite(str(app.config["DATABASE_SYNCHRONOUS"])))
            event.listen(db.engine, "begin", _begin_sqlite)
            event.listen(db.engine, "commit", _end_sqlite)
            event.listen(db.engine, "rollback", _undo_sqlite)
            event.listen(db.engine, "checkin", _give_up_turn)


def iri_base() -> str:
    """Return the base of all IRIs in statements: the BASE_URL of the first `db upgrade`, for ever.

    Raises RuntimeError where the database was never upgraded.
    """
    kept = current_app.extensions.setdefault("academy.iri_base", {})
    if "value" not in kept:
        found = db.session.scalar(sa.select(installation.c.value).where(installation.c.name == "iri_base"))
        if found is None:
            raise RuntimeError("the database is empty: run `academy db upgrade`")
        kept["value"] = found
    return str(kept["value"])


def commit_now() -> None:
    """Commit in the middle of a request, for what must survive an error that follows."""
    db.session.commit()


def release() -> None:
    """End the transaction before slow work, so that the write lock is free; nothing may be unsaved."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("unsaved changes would be lost")
    db.session.commit()


@contextmanager
def reading() -> Iterator[None]:
    """Begin transactions inside as read-only ones, outside of a request (on SQLite: deferred)."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def _finish(response: Response) -> Response:
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response


def _set_up_sqlite(synchronous: str) -> Any:
    def set_up(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the begin event below decides how transactions start
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=30000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return set_up


def _begin_sqlite(connection: sa.Connection) -> None:
    if _only_reads():
        connection.exec_driver_sql("BEGIN")
        return
    if not _turn.acquire(timeout=TURN_SECONDS):
        raise sa.exc.TimeoutError(f"no turn to write within {TURN_SECONDS} seconds")
    connection.info[_TURN] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _end_sqlite(connection: sa.Connection) -> None:
    """Commit before the turn passes on, so that the next writer finds the file unlocked."""
    try:
        connection.connection.commit()
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


def _only_reads() -> bool:
    if _reading.get():
        return True
    return (
        has_request_context() and request.method in {"GET", "HEAD", "OPTIONS"} and not g.get("writes", False)
    )
