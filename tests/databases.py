"""The database of a test run: a file of SQLite, or a database on a PostgreSQL server of the run's own."""

import shutil
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from academy.db import db
from tools.postgres import NoPostgres, Postgres


def disconnect() -> None:
    """Close all connections of the application that is present."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


class SqliteDatabase:
    """A database file, in the place where an instance has it."""

    def __init__(self, instance: Path) -> None:
        self.path, self.template = instance / "academy.sqlite", instance / "template.sqlite"
        self.url = f"sqlite:///{self.path}"

    def keep(self) -> None:
        """Remember what is in the database now, for `renew`."""
        shutil.copy(self.path, self.template)

    def renew(self) -> None:
        """Put back what `keep` remembered."""
        for leftover in self.path.parent.glob("academy.sqlite*"):
            leftover.unlink()
        shutil.copy(self.template, self.path)


class PostgresDatabase:
    """A database of its own on the server of this run.

    Copying a template for each test takes half a second of computing; deleting what one has left, much less,
    and a tenth of that on a connection that is kept, which remembers how.
    """

    def __init__(self) -> None:
        name = f"test_{uuid4().hex}"
        with _maintenance().connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        self.url = postgres().url(name)
        self.engine = _automatic(self.url)

    def keep(self) -> None:
        """Remember what is in the database now, for `renew`."""
        tables = sa.inspect(self.engine).get_table_names()
        with self.engine.connect() as connection:
            filled = [table for table in tables if connection.exec_driver_sql(f"TABLE {table} LIMIT 1").all()]
            counters = connection.exec_driver_sql("SELECT sequencename, last_value FROM pg_sequences").all()
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for table in filled:
                connection.exec_driver_sql(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
            acts = [
                *(f"DELETE FROM public.{table}" for table in tables),
                *(f"INSERT INTO public.{table} TABLE kept.{table}" for table in filled),
                *(f"PERFORM setval('{name}', {last or 1}, {last is not None})" for name, last in counters),
            ]
            connection.exec_driver_sql(
                "CREATE FUNCTION kept.renew() RETURNS void LANGUAGE plpgsql SET lock_timeout = '5s' "
                f"SET session_replication_role = replica AS $$ BEGIN {'; '.join(acts)}; END $$"
            )

    def renew(self) -> None:
        """Put back what `keep` remembered, whoever is still connected."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.exec_driver_sql("SELECT kept.renew()")


Database = SqliteDatabase | PostgresDatabase
_engines: list[sa.Engine] = []


def concerns(item: pytest.Item, kind: str) -> bool:
    """Say whether a test is run on a database: on SQLite nearly all, on PostgreSQL what touches it.

    Of tests that drive a browser, PostgreSQL has only those marked `both_databases`, since they are slow.
    """
    only = item.get_closest_marker("only")
    if only is not None:
        return bool(only.args[0] == kind)
    if kind == "sqlite" or item.get_closest_marker("both_databases"):
        return True
    fixtures = set(getattr(item, "fixturenames", ()))
    return "app" in fixtures and item.get_closest_marker("browser") is None


def is_long(item: pytest.Item, kind: str) -> bool:
    """Say whether a test comes with `make conformance` only, at all or on this database."""
    on = item.get_closest_marker("conformance_on")
    return item.get_closest_marker("conformance") is not None or (on is not None and kind in on.args)


def made(kind: str, instance: Path) -> Database:
    """Make an empty database of the kind that the run asks for; skips where there is no PostgreSQL."""
    return PostgresDatabase() if kind == "postgresql" else SqliteDatabase(instance)


@cache
def postgres() -> Postgres:
    """Return the server of this run; starts it, or skips and says why there is none."""
    try:
        return Postgres().start()
    except NoPostgres as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@cache
def _maintenance() -> sa.Engine:
    return _automatic(postgres().url())


def _automatic(url: str) -> sa.Engine:
    """Return an engine with one connection that commits each statement, and is closed by `close`."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)
    _engines.append(engine)
    return engine


def close() -> None:
    """Stop the server of this run where one was started."""
    for engine in _engines:
        engine.dispose()
    if postgres.cache_info().currsize:
        postgres().stop()
