"""Verbs and activities are asked of the database once; what was rolled back is not believed."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from academy.db import db
from academy.xapi import interning

IRI = "http://academy.example/verbs/"

pytestmark = pytest.mark.usefixtures("app")


def number(name: str, display: dict[str, str] | None = None) -> int:
    return interning.verbs(db.session.connection(), {IRI + name: display})[IRI + name]


def words(name: str) -> dict[str, object] | None:
    return interning.displays(db.session.connection(), [IRI + name]).get(IRI + name)


def test_what_is_committed_is_read_once(queries: Callable[[], AbstractContextManager[list[str]]]) -> None:
    number("other")
    first = number("read", {"en": "read"})
    db.session.commit()
    assert number("read", {"en": "read"}) == first
    db.session.commit()

    with queries() as asked:
        assert number("read", {"en": "read"}) == first
    assert asked == []


def test_a_row_that_was_rolled_back_is_made_again() -> None:
    number("lost")
    number("lost")  # read within the transaction that made it
    db.session.rollback()

    assert number("next") != number("lost")


def test_a_row_that_a_savepoint_took_back_is_made_again() -> None:
    savepoint = db.session.connection().begin_nested()
    number("lost")
    number("lost")
    savepoint.rollback()
    db.session.commit()

    assert number("next") != number("lost")


def test_words_that_were_rolled_back_are_written_when_they_come_again() -> None:
    number("read", {"en": "read"})
    db.session.commit()
    number("read", {"en": "read"})
    db.session.commit()
    number("read", {"en": "gelesen"})
    number("read", {"en": "gelesen"})
    db.session.rollback()

    number("read", {"en": "gelesen"})
    db.session.commit()

    assert words("read") == {"en": "gelesen"}


def test_what_another_process_has_added_meanwhile_stays(app: Flask) -> None:
    number("read", {"en": "read"})
    db.session.commit()
    number("read", {"en": "read"})
    db.session.commit()
    pool, known = _forgotten()
    number("read", {"ru": "прочитано"})  # by a process that remembers nothing
    db.session.commit()
    interning.memory._known[pool] = known  # and this one remembers the old words

    number("read", {"de": "gelesen"})
    db.session.commit()

    assert words("read") == {"en": "read", "ru": "прочитано", "de": "gelesen"}


def _forgotten() -> tuple[object, object]:
    pool = db.engine.pool
    known = {table: dict(rows) for table, rows in interning.memory._known[pool].items()}
    interning.memory._known[pool].clear()
    return pool, known
