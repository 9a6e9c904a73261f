"""The database: types, naming convention, and one commit per request."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from flask import Flask, Response, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

from academy import replica, transactions
from academy.transactions import reading as reading  # where rooms look for it

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_BESIDE = "beside"
MOST_TEXTS = 4096


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"class_": replica.RoutedSession})

if TYPE_CHECKING:
    Model = Base  # what a type checker may know of it
else:
    Model = db.Model

Row = TypeVar("Row", bound=Base)

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JsonType = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PublicId = sa.Uuid(as_uuid=True)
#: A text that is ordered, or searched by its beginning, in the same way on every database: by its bytes.
OrderedText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


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
        """Give back a moment in UTC; SQLite forgets the zone."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Translated(sa.types.TypeDecorator[dict[str, str]]):
    """What an author wrote for people, per language: `{"en": …, "ru": …}`; empty texts are left out."""

    impl = JsonType
    cache_ok = True

    def process_bind_param(
        self, value: Mapping[str, str] | None, dialect: sa.Dialect
    ) -> dict[str, str] | None:
        """Drop empty languages."""
        return None if value is None else {language: text for language, text in value.items() if text}


class Texts(sa.types.TypeDecorator[Mapping[str, str]]):
    """What an author wrote, read as the text of its column, for lists: `sa.cast(Course.title, Texts)`.

    The same text is read once in a process, so nobody can change what comes.
    """

    impl = sa.Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Mapping[str, str] | None:
        """Read the texts."""
        return None if value is None else _texts(value)


@lru_cache(maxsize=MOST_TEXTS)
def _texts(written: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(written))


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
    url, pool = str(app.config["DATABASE_URL"]), int(app.config["DATABASE_POOL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = transactions.options(url, pool=pool)
    app.config["SQLALCHEMY_BINDS"] = _other_engines(app, url, pool)
    db.init_app(app)
    app.after_request(_finish)
    with app.app_context():
        for engine in db.engines.values():
            transactions.govern(engine, synchronous=str(app.config["DATABASE_SYNCHRONOUS"]))
        replica.init_app(app, db.engines.get(replica.BIND))


def _other_engines(app: Flask, url: str, pool: int) -> dict[str, dict[str, Any]]:
    """Return the options of engines that only PostgreSQL needs; SQLite's pool has no end."""
    if url.startswith("sqlite"):
        return {}
    engines = {
        _BESIDE: {"url": url, **transactions.options(url, pool=transactions.BESIDE)},
        replica.WALKING[None]: _for_walks(url),
    }
    copy = str(app.config["DATABASE_REPLICA_URL"])
    if copy:
        engines[replica.BIND] = {"url": copy, **transactions.options(copy, pool=pool)}
        engines[replica.WALKING[replica.BIND]] = walking = _for_walks(copy)
        for options in (engines[replica.BIND], walking):
            options["execution_options"] = {**options.get("execution_options", {}), replica.BIND: True}
    return engines


def _for_walks(url: str) -> dict[str, Any]:
    return {"url": url, **transactions.options(url, pool=transactions.WALKERS, walks=True)}


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
    if not db.session.registry.has():
        return
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("unsaved changes would be lost")
    db.session.commit()


def found_or_made(find: Callable[[], Row | None], make: Callable[[], Row]) -> Row:
    """Return the row that `find` finds; else make one, flushed.

    Where another transaction makes it in this very moment, a unique constraint decides: theirs is returned.
    """
    found = find()
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            made = make()
            db.session.add(made)
    except sa.exc.IntegrityError:
        found = find()
        if found is None:
            raise
        return found
    return made


def lock(row: Model) -> None:
    """Let no other transaction change a row until this one ends, and read it as it is now."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.flush()  # what this transaction has changed stays
        db.session.refresh(row, with_for_update={"key_share": True})


@contextmanager
def transaction(*, walks: bool = False) -> Iterator[None]:
    """Do what is inside in a transaction of its own, committed at the end of the block.

    It begins without the session, for what comes too often to pay for one; a session that is asked for inside
    of the block joins. Where the session has begun already, its transaction is taken, and ends as usual.
    For `walks`, which only read, there is no transaction on PostgreSQL: each query sees what is committed
    when it begins, on a connection whose planner walks along indexes.
    """
    if db.session.registry.has() and db.session().in_transaction():
        yield
        return
    with replica.present_engine(db.engines, walks=walks).begin() as opened:
        g.opened_connection = opened
        try:
            yield
            if db.session.registry.has():
                db.session.commit()  # writes what it holds; the transaction is not its own
        finally:
            del g.opened_connection
            if db.session.registry.has():
                db.session.rollback()  # it lets go of the connection


def present_connection() -> sa.Connection:
    """Return the connection of the present transaction, after writing what the session holds."""
    if not db.session.registry.has() and (opened := replica.opened()) is not None:
        return opened
    db.session.flush()
    return db.session.connection()


@contextmanager
def beside() -> Iterator[sa.Connection]:
    """Give a connection beside that of the request, for one short transaction.

    It comes from a pool of its own: who holds one waits for nobody, so that requests never wait crosswise.
    """
    with db.engines.get(_BESIDE, db.engine).connect() as connection:
        yield connection


def _finish(response: Response) -> Response:
    if not db.session.registry.has():  # nothing was asked of the database
        return response
    if response.status_code < 400:
        db.session.commit()
    else:
        db.session.rollback()
    return response
