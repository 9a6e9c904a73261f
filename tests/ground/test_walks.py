"""Connections of PostgreSQL: those for walks along indexes, and those that died while nobody used them."""

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import transactions
from academy.db import db, present_connection, transaction
from academy.transactions import WALKS

pytestmark = pytest.mark.only("postgresql")


def told(connection: sa.Connection) -> dict[str, object]:
    """Return how the planner is told to work."""
    return {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in WALKS}


def test_a_connection_for_walks_has_a_planner_that_walks_and_no_transaction(app: Flask) -> None:
    usual = told(db.session.connection())
    db.session.rollback()

    with transaction(walks=True):
        connection = present_connection()
        assert told(connection) == WALKS
        moments = [connection.exec_driver_sql("SELECT now()").scalar() for _ in range(2)]

    assert moments[0] < moments[1]
    assert told(db.session.connection()) == usual
    assert usual != WALKS


def test_a_connection_for_walks_writes_nothing(app: Flask) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"), transaction(walks=True):
        present_connection().exec_driver_sql("INSERT INTO installation VALUES ('a', 'b')")


def test_a_usual_transaction_walks_to_its_end_only(app: Flask) -> None:
    usual = told(db.session.connection())

    transactions.walk(db.session.connection())
    walking = told(db.session.connection())
    db.session.rollback()

    assert (walking, told(db.session.connection())) == (WALKS, usual)


def test_a_connection_that_died_in_a_pause_is_replaced(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.engine.connect() as connection:
        gone = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with db.engines["beside"].connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({gone})")
    monkeypatch.setattr(transactions, "FRESH_SECONDS", 0.0)

    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar() != gone


def test_a_connection_used_just_now_is_not_asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> int:
        with db.engines["beside"].connect() as other:
            found = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT 1' AND pid = %(pid)s"
            return other.exec_driver_sql(found, {"pid": pid}).scalar_one()

    with db.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with db.engine.connect():
        assert asked() == 0
    monkeypatch.setattr(transactions, "FRESH_SECONDS", 0.0)
    with db.engine.connect():
        assert asked() == 1
