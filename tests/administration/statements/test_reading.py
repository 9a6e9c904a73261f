"""Pages of statements, what is new since a place, and one statement whole."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from academy.accounts import pseudonyms
from academy.administration.statements import reading
from academy.administration.statements.asked import Asked
from academy.administration.statements.reading import Stream
from academy.db import db
from academy.db import reading as only_reading
from academy.xapi import store, vocabulary
from tests.factories import accounts, xapi
from tests.xapi.test_concurrency import batch, together

EVERYTHING = Asked({})
WITH_VOIDED = Asked({"voided": "1"})


def ids(stream: Stream) -> list[UUID]:
    return [line.id for line in stream.lines]


def some(count: int, **parts: Any) -> list[UUID]:
    """Store statements one after the other; return their ids, the newest first."""
    made = [*xapi.stored(*(xapi.statement(**parts) for _ in range(count)))]
    db.session.commit()
    return made[::-1]


@pytest.fixture(autouse=True)
def _small_pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    monkeypatch.setattr(reading, "MOST_NEW", 4)


def test_pages_lead_to_the_oldest_statement_and_back() -> None:
    made, pages = some(8), []
    stream = reading.newest(EVERYTHING)
    while stream.older is not None:
        pages.append(stream)
        stream = reading.newest(EVERYTHING, before=stream.older)
    pages.append(stream)

    assert [ids(page) for page in pages] == [made[:3], made[3:6], made[6:]]
    assert (pages[0].newer, stream.newer is None) == (None, False)
    assert stream.newer is not None
    back = reading.newer_page(EVERYTHING, after=stream.newer)
    assert ids(back) == made[3:6]
    assert back.newer is not None
    assert ids(reading.newer_page(EVERYTHING, after=back.newer)) == made[:3]


def test_filters_hold_on_every_page() -> None:
    some(3)
    wanted = some(4, verb={"id": vocabulary.PASSED})
    some(3)
    asked = Asked({}, {"verb": vocabulary.PASSED})
    first = reading.newest(asked)

    assert ids(first) == wanted[:3]
    assert ids(reading.newest(asked, before=first.older)) == wanted[3:]
    assert reading.newest(Asked({}, {"verb": vocabulary.FAILED})).lines == []


def test_voided_statements_are_shown_on_request_and_marked() -> None:
    (kept, mistake) = some(2)
    (voiding,) = xapi.stored(xapi.voiding(mistake))
    db.session.commit()

    assert ids(reading.newest(EVERYTHING)) == [voiding, kept]
    lines = reading.newest(WITH_VOIDED).lines
    assert [(line.id, line.is_voided, line.is_voiding) for line in lines] == [
        (voiding, False, True),
        (kept, False, False),
        (mistake, True, False),
    ]


def test_a_voided_statement_is_found_by_every_filter_with_the_voided_ones() -> None:
    registration = "0193f1f0-0000-7000-8000-000000000001"
    (mistake,) = some(1, context={"registration": registration})
    xapi.stored(xapi.voiding(mistake))
    db.session.commit()
    values = {
        "verb": xapi.verb()["id"],
        "activity": xapi.activity()["id"],
        "registration": UUID(registration),
    }

    for name, value in values.items():
        assert mistake in ids(reading.newest(Asked({"voided": "1"}, {name: value})))
        assert mistake not in ids(reading.newest(Asked({}, {name: value})))


def test_what_is_new_comes_once_and_in_pieces() -> None:
    old = some(2)
    cursor = reading.newest(EVERYTHING).cursor
    nothing = reading.new_since(EVERYTHING, cursor=cursor)
    new = some(6)
    first = reading.new_since(EVERYTHING, cursor=nothing.cursor)
    second = reading.new_since(EVERYTHING, cursor=first.cursor)
    third = reading.new_since(EVERYTHING, cursor=second.cursor)

    assert (nothing.lines, len(old)) == ([], 2)
    assert [ids(one) for one in (first, second, third)] == [new[2:], new[:2], []]
    assert [one.is_behind for one in (first, second, third)] == [True, False, False]


def test_who_follows_hears_once_what_was_voided_whatever_the_filter() -> None:
    (_kept, mistake, other) = some(3)
    xapi.stored(xapi.voiding(other))
    db.session.commit()
    passed = Asked({}, {"verb": vocabulary.PASSED})
    cursor = reading.newest(passed).cursor

    (voiding,) = xapi.stored(xapi.voiding(mistake))
    db.session.commit()

    for asked, expected in ((EVERYTHING, [voiding]), (WITH_VOIDED, [voiding]), (passed, [])):
        stream = reading.new_since(asked, cursor=cursor)
        assert (ids(stream), stream.voided) == (expected, [reading.raw(mistake).seq])
        assert reading.new_since(asked, cursor=stream.cursor).voided == []


def test_who_follows_with_a_filter_reads_no_statement_twice() -> None:
    some(2)
    asked = Asked({}, {"verb": vocabulary.PASSED})
    cursor = reading.newest(asked).cursor
    (wanted,) = some(1, verb={"id": vocabulary.PASSED})
    some(5)
    stream = reading.new_since(asked, cursor=cursor)
    some(1)
    again = reading.new_since(asked, cursor=stream.cursor)

    assert (ids(stream), ids(again)) == ([wanted], [])
    assert again.cursor > stream.cursor > cursor


def test_who_follows_while_many_store_misses_nothing(app: Flask) -> None:
    """Statements that are stored but not yet committed are in no answer, and in none left behind."""
    seen: list[UUID] = []
    written: list[UUID] = []
    asked, done = threading.Semaphore(0), threading.Event()

    def follower() -> None:
        cursor, last = 0, False
        while not last:
            last = done.is_set()
            with only_reading():
                stream = reading.new_since(EVERYTHING, cursor=cursor)
            db.session.rollback()
            seen.extend(ids(stream))
            cursor, last = stream.cursor, last and not stream.is_behind
            asked.release()

    def writer() -> None:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("SELECT pg_current_xact_id()"))
        for _ in range(4):
            made = store.insert(db.session.connection(), batch(False)[:6], authority=xapi.AUTHORITY)
            assert asked.acquire(timeout=30)  # the follower looks while these are known to nobody
            assert asked.acquire(timeout=30)
            db.session.commit()
            written.extend(made)

    def writers() -> None:
        try:
            together(app, writer, writer, writer)
        finally:
            done.set()

    together(app, writers, follower)

    assert len(written) == 72
    assert len(seen) == len(set(seen))
    assert set(seen) == set(written)


def test_one_statement_comes_with_what_it_refers_to_and_what_voids_it() -> None:
    (mistake,) = some(1)
    (voiding,) = xapi.stored(xapi.voiding(mistake))
    db.session.commit()
    voided, voids = reading.whole(mistake), reading.whole(voiding)

    assert (voided.line.is_voided, voided.voided_by, voided.referred) == (True, voiding, None)
    assert voids.referred is not None
    assert (voids.line.is_voided, voids.voided_by, voids.referred.id) == (False, None, mistake)


def test_people_are_called_by_their_names_until_they_are_erased() -> None:
    person = accounts.person(name_latin="Elena Russu")
    xapi.stored(xapi.statement(actor=pseudonyms.actor(person)))
    db.session.commit()
    before = str(reading.newest(EVERYTHING).lines[0].told.sentence)
    db.session.delete(person.pseudonym)
    db.session.commit()
    after = str(reading.newest(EVERYTHING).lines[0].told.sentence)

    assert ("Elena Russu" in before, "Elena Russu" in after) == (True, False)


@pytest.mark.parametrize("timestamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_last_moments_of_the_calendar_can_be_shown(timestamp: str) -> None:
    some(1, timestamp=timestamp)
    happened = reading.newest(EVERYTHING).lines[0].happened

    assert happened in {datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)}
