"""The database of a test run: a file of SQLite, or a database on a PostgreSQL server of the run's own."""

import shutil
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tools.postgres import NoPostgres, Postgres


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
    """A database of its own on the server of this run."""

    def __init__(self) -> None:
        self.name = f"test_{uuid4().hex}"
        self.url = postgres().url(self.name)
        self._run(f"CREATE DATABASE {self.name}")

    def keep(self) -> None:
        """Remember what is in the database now, for `renew`."""
        self._run(f"CREATE DATABASE {self.name}_kept TEMPLATE {self.name}")

    def renew(self) -> None:
        """Put back what `keep` remembered, whoever is still connected."""
        self._run(
            f"DROP DATABASE {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_kept",
        )

    def _run(self, *statements: str) -> None:
        with _maintenance().connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


Database = SqliteDatabase | PostgresDatabase


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
    return sa.create_engine(postgres().url(), isolation_level="AUTOCOMMIT")


def close() -> None:
    """Stop the server of this run where one was started."""
    if _maintenance.cache_info().currsize:
        _maintenance().dispose()
    if postgres.cache_info().currsize:
        postgres().stop()
