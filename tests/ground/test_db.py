"""Transactions: one writer at a time in a fair queue, one commit per request, nothing half written."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask, abort, g
from flask.testing import FlaskClient

from academy import db as ground
from academy import transactions
from academy.accounts.models import State
from academy.audit import AuditEntry, record
from academy.db import db
from academy.errors import Conflict


def written() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.target).order_by(AuditEntry.id)))


@pytest.mark.only("sqlite")
def test_writers_take_turns_and_lose_nothing(app: Flask) -> None:
    def write(number: int) -> None:
        with app.app_context():
            for step in range(5):
                count = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
                record("jobs.retry", target=f"{number}-{step}-{count}")
                db.session.commit()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counts = sorted(int(target.rpartition("-")[2]) for target in written())
    assert counts == list(range(40))  # nobody read what another was about to change


@pytest.mark.only("sqlite")
def test_a_turn_is_given_up_when_a_connection_is_dropped_in_the_middle(app: Flask) -> None:
    connection = db.engine.connect()
    connection.begin()
    assert transactions._turn.locked()

    connection.close()
    assert not transactions._turn.locked()


@pytest.mark.parametrize("end", ["refuse", "abort", "crash", "done"])
def test_a_request_commits_once_or_not_at_all(app: Flask, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def view() -> str:
        g.writes = True
        record("jobs.retry", target=end)
        db.session.flush()
        if end == "refuse":
            raise Conflict
        if end == "abort":
            abort(403)
        if end == "crash":
            raise RuntimeError("in the middle")
        return "<!doctype html>"

    view.access = ground_policy()  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "home.help", view)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client: FlaskClient = app.test_client()
    client.get("/help", lint=False)

    assert written() == (["done"] if end == "done" else [])


def ground_policy() -> object:
    from academy.security import Policy

    return Policy("public")


def test_moments_need_a_zone_and_come_back_in_utc(app: Flask) -> None:
    db.session.add(AuditEntry(at=datetime(2026, 1, 1), act="b", kind="job", target="c", door="page"))
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        db.session.flush()
    db.session.rollback()
    record("jobs.retry", target="x")
    db.session.commit()

    assert db.session.scalars(sa.select(AuditEntry.at)).one().tzinfo is UTC


def test_release_refuses_what_would_be_lost(app: Flask) -> None:
    db.session.add(State(code="ZZ", name={"en": "New"}, region="EU"))

    with pytest.raises(RuntimeError, match="unsaved"):
        ground.release()


def test_public_ids_are_ordered_and_of_version_7() -> None:
    made = [ground.new_public_id() for _ in range(50)]

    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert [one.int >> 80 for one in made] == sorted(one.int >> 80 for one in made)


@pytest.mark.only("sqlite")
def test_no_thread_of_the_server_waits_for_a_connection(app: Flask) -> None:
    held = [db.engine.connect() for _ in range(2 * 64)]  # one for the request, one for a glance beside it
    for connection in held:
        connection.close()

    assert len(held) == 128
