"""Requests that come at the same moment share a transaction, and nothing else."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy.db import db
from academy.transactions import Turn, take
from academy.xapi import queries, store
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementConflict
from academy.xapi.gathering import Gathering, gathering
from academy.xapi.signals import statements_stored
from tests.factories import xapi


@contextmanager
def held() -> Iterator[None]:
    """Keep everybody from storing statements."""
    with db.engine.begin() as connection:
        take(Turn.STATEMENTS, connection)
        yield


def until(condition: Callable[[], bool]) -> None:
    """Wait for what other threads do."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


@pytest.fixture
def groups() -> Iterator[list[int]]:
    """Return how many statements each transaction stored."""
    found: list[int] = []

    def note(_connection: object, stored: list[Any]) -> None:
        found.append(len(stored))

    statements_stored.connect(note)
    yield found
    statements_stored.disconnect(note)


def at_once(app: Flask, batches: list[list[Any]]) -> list[Exception | None]:
    """Store batches as that many requests would; the second and later ones come while the first is stored."""
    ends: list[Exception | None] = [None] * len(batches)
    db.session.commit()
    shared = gathering()

    def request(place: int) -> None:
        with app.app_context():
            try:
                drafts = store.prepare(batches[place], authority=xapi.AUTHORITY, edition=Edition.FIRST)
                shared.store(drafts)
            except Exception as error:
                ends[place] = error

    threads = [threading.Thread(target=request, args=(place,)) for place in range(len(batches))]
    with held():
        for place, thread in enumerate(threads):
            thread.start()
            until(lambda place=place: len(shared.waiting) == place)
            until(lambda: shared._busy)
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert (len(shared.waiting), shared._busy) == (0, False)
    db.session.rollback()
    return ends


def kept() -> dict[str, Any]:
    """Return all statements by id."""
    return {row.statement["id"]: row.statement for row in queries.all_rows(db.session.connection())}


def test_what_comes_while_others_are_stored_is_stored_together(app: Flask, groups: list[int]) -> None:
    singles = [[xapi.statement(id=str(xapi.statement_id()))] for _ in range(6)]

    assert at_once(app, singles) == [None] * 6

    assert groups == [1, 5]
    assert set(kept()) == {one["id"] for (one,) in singles}


def test_who_stores_hears_of_the_newest_statement_and_leaves_nothing_open(app: Flask) -> None:
    first, second = (xapi.statement(id=str(xapi.statement_id())) for _ in range(2))

    def stored(*batch: Any) -> int:
        return gathering().store(store.prepare(batch, authority=xapi.AUTHORITY, edition=Edition.FIRST))

    newest = [stored(first), stored(second), stored(first)]

    rows = list(queries.all_rows(db.session.connection()))
    assert newest == [rows[0].seq, rows[1].seq, rows[1].seq]


def test_a_conflict_is_told_to_the_one_who_made_it(app: Flask) -> None:
    taken = xapi.statement(id=str(xapi.statement_id()))
    store.insert(db.session.connection(), [taken], authority=xapi.AUTHORITY)
    singles = [[xapi.statement(id=str(xapi.statement_id()))] for _ in range(4)]
    singles[2] = [{**taken, "verb": {"id": "http://example.org/verbs/another"}}]

    ends = at_once(app, singles)

    assert [type(end) for end in ends] == [type(None), type(None), StatementConflict, type(None)]
    assert set(kept()) == {taken["id"], *(singles[place][0]["id"] for place in (0, 1, 3))}


def test_the_same_statement_sent_twice_at_once_is_stored_once(app: Flask) -> None:
    same = xapi.statement(id=str(xapi.statement_id()))

    assert at_once(app, [[xapi.statement()], [same], [same]]) == [None] * 3

    assert len(kept()) == 2


def test_a_statement_without_a_timestamp_has_that_of_its_storing_after_a_second_try(app: Flask) -> None:
    plain, same = (xapi.statement(id=str(xapi.statement_id())) for _ in range(2))

    at_once(app, [[xapi.statement()], [plain], [same], [same]])  # `same` twice breaks off what was begun

    found = kept()[plain["id"]]
    assert found["timestamp"] == found["stored"]


def test_where_the_database_is_away_it_is_so_for_all_and_nothing_stays_behind(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = store.write, []

    def away(connection: sa.Connection, drafts: Any) -> Any:
        calls.append(len(drafts))
        write(connection, drafts)
        raise sa.exc.TimeoutError("no turn to write")

    monkeypatch.setattr(store, "write", away)

    ends = at_once(app, [[xapi.statement()] for _ in range(4)])

    assert [type(end) for end in ends] == [sa.exc.TimeoutError] * 4
    assert (calls, kept()) == ([1, 3], {})


def test_a_large_group_is_cut(app: Flask, groups: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("academy.xapi.gathering.MOST", 5)
    batches = [[xapi.statement() for _ in range(count)] for count in (1, 3, 2, 2, 9)]

    assert at_once(app, batches) == [None] * 5

    assert groups == [1, 5, 2, 9]


def test_each_academy_gathers_for_itself(app: Flask) -> None:
    assert isinstance(gathering(), Gathering)
    assert gathering() is app.extensions["academy.xapi.gathering"]
