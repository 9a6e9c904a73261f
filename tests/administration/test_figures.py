"""Figures of the record store: right against what is there, and cheap however much there is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy import charts, clock, storage
from academy.administration import agents
from academy.administration.agents import ERASE, Wish
from academy.db import db
from academy.xapi import attachments, documents, figures, moments, strangers
from academy.xapi.documents import ActivityShelf, AgentShelf, Content, StateShelf
from academy.xapi.models import Statement, StatementDay
from tests.factories import accounts, xapi

PAGE = "/admin/xapi/figures"


@pytest.fixture
def admin(app: Flask, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(accounts.person(roles=["administrator"]))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets the clock."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return to


NOON = datetime(2026, 11, 20, 12, tzinfo=clock.EPOCH.tzinfo)


def counted() -> dict[date, int]:
    """Return what is kept of days."""
    return {
        row.day: row.statements
        for row in db.session.execute(sa.select(StatementDay.day, StatementDay.statements))
    }


def through_days(at: Callable[[datetime], None], counts: list[int], *, who: str = "learner") -> None:
    """Store so many statements on each of the days that end at noon of the 20th."""
    for back, count in zip(range(len(counts) - 1, -1, -1), counts, strict=True):
        at(NOON - timedelta(days=back))
        xapi.stored(*(xapi.statement(actor=xapi.agent(who)) for _ in range(count)))


def test_statements_are_counted_by_the_day_on_which_they_were_stored(app: Flask, at: Any) -> None:
    through_days(at, [3, 0, 5, 2])

    figures.count_statements()
    found = figures.read(db.session.connection())

    assert found.statements == 10
    assert [day.count for day in found.days][-4:] == [3, 0, 5, 2]
    assert (len(found.days), found.days[-1].day, found.in_days) == (90, NOON.date(), 10)
    assert sum(counted().values()) == 8  # the present day is not over


def test_a_day_is_closed_an_hour_after_its_end_and_once(app: Flask, at: Any) -> None:
    through_days(at, [4])
    midnight = datetime(2026, 11, 21, tzinfo=NOON.tzinfo)

    kept = []
    for later in (timedelta(minutes=59), timedelta(minutes=61), timedelta(hours=5)):
        at(midnight + later)
        figures.close_days(db.session.connection())
        kept.append(counted())

    assert [one.get(NOON.date()) for one in kept] == [None, 4, 4]
    assert figures.read(db.session.connection()).statements == 4


def test_nothing_is_said_while_days_are_not_counted(app: Flask, at: Any, admin: FlaskClient) -> None:
    through_days(at, [4])
    db.session.commit()

    assert figures.read(db.session.connection()).statements is None
    assert "The store is being counted" in admin.get(PAGE).text


def test_an_erasure_is_taken_off_the_days(app: Flask, at: Any) -> None:
    for back, (kept, gone) in ((1, (3, 2)), (0, (5, 1))):
        at(NOON - timedelta(days=back))
        xapi.stored(*(xapi.statement(actor=xapi.agent("other")) for _ in range(gone)))
        xapi.stored(*(xapi.statement() for _ in range(kept)))
    figures.close_days(db.session.connection())
    db.session.commit()
    stranger = strangers.known(db.session.connection(), {"mbox": xapi.agent("other")["mbox"]})
    assert stranger

    before = figures.read(db.session.connection()).statements
    agents.erase(stranger, Wish(ERASE, "x"))
    found = figures.read(db.session.connection())

    assert before == 11
    assert [day.count for day in found.days][-2:] == [3, 5]
    assert found.statements == db.session.scalar(sa.select(sa.func.count()).select_from(Statement)) == 8


def test_statements_that_come_with_an_old_moment_are_counted_anew(app: Flask, at: Any) -> None:
    at(NOON)
    figures.close_days(db.session.connection())
    through_days(at, [0, 6, 1])
    figures.count_again(db.session.connection(), since=NOON.date() - timedelta(days=1))

    figures.close_days(db.session.connection())

    assert figures.read(db.session.connection()).statements == 7


def test_everything_else_is_what_is_there(app: Flask) -> None:
    first, second = (xapi.statement_id() for _ in range(2))
    xapi.stored(
        xapi.statement(id=str(first)),
        xapi.voiding(first, id=str(second)),
        xapi.voiding(first),
        xapi.voiding(second),  # which has no effect
        xapi.statement(actor=xapi.agent("b"), object=xapi.activity("b")),
    )
    connection, who = db.session.connection(), '{"mbox":"mailto:a@x.org"}'
    documents.put(connection, StateShelf("https://x.org/a", who), "s", Content(b"12345", "text/plain"))
    documents.put(connection, ActivityShelf("https://x.org/a"), "a", Content("ы".encode(), "text/plain"))
    documents.put(connection, AgentShelf(who), "p", Content(b"", "text/plain"))
    storage.put(attachments.place("ab" * 32), b"123")
    db.session.commit()

    found = figures.count_all()

    voided = db.session.scalar(sa.select(sa.func.count()).where(Statement.voided))
    assert found.voided == voided == 1
    assert (found.agents, found.activities, found.verbs) == (4, 3, 2)
    assert found.documents == {"state": (1, 5), "activity_profile": (1, 2), "agent_profile": (1, 0)}
    assert found.attachments == (1, 3)
    assert found.database > 8192


def test_it_is_counted_again_after_a_quarter_of_an_hour(app: Flask, at: Any) -> None:
    seen = []
    for minutes in (0, 14, 15):
        at(NOON + timedelta(minutes=minutes))
        figures.count_statements()
        known = figures.read(db.session.connection()).counted
        seen.append(known.moment if known else None)

    assert seen == [NOON, NOON, NOON + timedelta(minutes=15)]


def test_the_page_says_all_of_it_with_a_plot_and_a_table(app: Flask, at: Any, admin: FlaskClient) -> None:
    through_days(at, [3, 0, 5000, 2])
    figures.count_statements()
    db.session.commit()

    text = admin.get(PAGE).text

    assert "5\u202f005" in text or "5\u00a0005" in text
    assert text.count("<rect") == 3
    assert 'role="img"' in text
    assert "most on 19 November 2026 with" in text
    assert text.count('<th scope="row">') == 91
    assert "Counted at" in text


def test_the_page_of_an_empty_store(app: Flask, admin: FlaskClient) -> None:
    figures.count_statements()
    db.session.commit()

    assert "No statements in the last 90 days" in admin.get(PAGE).text


def test_the_page_asks_as_often_for_many_days_as_for_few(
    app: Flask, at: Any, admin: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    asked = []
    for counts in ([1], [2] * 60):
        through_days(at, counts)
        figures.close_days(db.session.connection())
        db.session.commit()
        admin.get(PAGE)
        with queries() as seen:
            admin.get(PAGE)
        asked.append(len(seen))

    assert asked[0] == asked[1]


@pytest.mark.parametrize("role", ["secretariat", "coordinator", "trainer", "observer"])
def test_only_administrators_come_in(app: Flask, sign_in: Callable[..., FlaskClient], role: str) -> None:
    person = accounts.coordinator("MD") if role == "coordinator" else accounts.person(roles=[role])

    assert sign_in(person).get(PAGE).status_code == 403


def test_the_present_day_is_counted_in_an_index_without_the_texts(
    app: Flask, at: Any, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    through_days(at, [2] * 60)
    figures.close_days(db.session.connection())
    connection = db.session.connection()
    with queries() as seen:
        figures.read(connection)
    counting = next(text for text in seen if "sum(" in text)

    assert len(seen) == 3
    assert counting.count("sum(") == 1  # the only day that is open
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {counting}", (0,) * 3)]
        walk = "SEARCH xapi_statement USING COVERING INDEX ix_xapi_statement_verb_id_seq"
        assert f"{walk} (verb_id=? AND seq>? AND seq<?)" in plan
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        query = sa.select(figures._on(NOON.date())).compile(
            connection, compile_kwargs={"literal_binds": True}
        )
        plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {query}")]
        assert any("ix_xapi_statement_verb_id_seq" in line for line in plan)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 5), (1, 5), (5, 5), (6, 6), (9, 10), (11, 15), (21, 30), (99, 100), (1101, 1500)]
)
def test_a_plot_ends_at_a_round_number(value: int, top: int) -> None:
    assert charts.round_up(value) == top


def test_bars_stand_on_zero_and_small_ones_can_be_seen() -> None:
    plot = charts.bars([0, 1, 100_000])

    assert [(bar.left, bar.top, bar.height) for bar in plot.bars] == [
        (0, 160, 0),
        (10, 158.5, 1.5),
        (20, 0, 160),
    ]
    assert (plot.most, plot.width) == (100_000, 28)


def test_moments_know_their_day() -> None:
    first = moments.first_of(NOON.date())

    assert (moments.day(first), moments.day(first - 1)) == (NOON.date(), NOON.date() - timedelta(days=1))
