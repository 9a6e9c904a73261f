"""A reader that polls with `since`, while many store and transactions are held open."""

import threading
from uuid import UUID

import pytest
import sqlalchemy as sa

from academy.db import db, present_connection, reading, transaction
from academy.xapi import consistency, queries, references, store
from academy.xapi.queries import StatementFilter
from academy.xapi.relations import identity
from tests.factories import xapi
from tests.xapi.test_concurrency import BATCHES, batch, together


class Poller:
    """A reader that asks again and again for what came since; `follow` chooses its next `since`."""

    def __init__(self, follow):
        self.follow, self.since = follow, None
        self.seen, self.polls, self.done = [], 0, threading.Event()

    def run(self):
        """Poll until nothing is stored any more, and once after that."""
        finished = False
        while not finished:
            finished = self.done.is_set()
            self.poll()

    def poll(self):
        with reading():
            wanted = StatementFilter(since=self.since, ascending=True)
            rows = queries.page(db.session.connection(), wanted, limit=1000).rows
            through = consistency.through(db.session.connection())
        db.session.rollback()
        self.seen += [UUID(row.statement["id"]) for row in rows]
        self.since = self.follow(rows, through) or self.since
        self.polls += 1

    def wait(self, times):
        """Return after some more polls."""
        until = self.polls + times
        while self.polls < until:
            assert not self.done.wait(0.005)


def last_stored(rows, through):
    return rows[-1].stored if rows else None


def consistent_through(rows, through):
    return through


@pytest.mark.parametrize("follow", [last_stored, consistent_through])
def test_a_reader_that_polls_with_since_misses_nothing(app, follow):
    """Whichever of both a client takes as its next `since`."""
    poller, written = Poller(follow), []

    def keep(statements):
        ids = store.insert(db.session.connection(), statements, authority=xapi.AUTHORITY)
        poller.wait(2)  # stored, and known to nobody yet
        db.session.commit()
        written.extend(ids)

    def writer():
        for _ in range(BATCHES // 2):
            keep(batch(False))

    def latecomer():
        """Begin before the others and end among them: an old transaction with new statements."""
        if db.engine.dialect.name == "postgresql":  # where other writers go on meanwhile
            db.session.execute(sa.text("SELECT pg_current_xact_id()"))
        poller.wait(5)
        keep([xapi.statement()])

    def writers():
        try:
            together(app, writer, writer, latecomer, latecomer)
        finally:
            poller.done.set()

    together(app, writers, poller.run)

    assert len(poller.seen) == len(set(poller.seen))
    assert set(poller.seen) == set(written)


def test_what_is_stored_between_the_queries_of_a_page_is_left_to_the_next_one(
    app, monkeypatch, nothing_is_few
):
    """What the first query tells of keys need no longer be true then."""
    learner = xapi.agent("followed")
    known, _noise = xapi.stored(
        xapi.statement(actor=learner), xapi.statement(object=xapi.reference(xapi.statement_id()))
    )
    xapi.stored(xapi.statement(object=xapi.reference(known)))
    db.session.commit()
    built, came = references.page, []

    def meanwhile():
        with app.app_context():
            for late in ({"actor": learner}, {"object": xapi.reference(known)}):
                came.extend(xapi.stored(xapi.statement(**late)))
            db.session.commit()

    def after_others(*given, **named):
        writer = threading.Thread(target=meanwhile)
        writer.start()
        writer.join(30)
        return built(*given, **named)

    def page():
        wanted = StatementFilter(agent=identity(learner), verb=xapi.verb()["id"], ascending=True)
        with reading(), transaction(walks=True):
            rows = queries.page(present_connection(), wanted, limit=50).rows
        return [UUID(row.statement["id"]) for row in rows]

    with monkeypatch.context() as patch:
        patch.setattr(references, "page", after_others)
        first = page()

    assert len(came) == 2
    assert (len(first), page()) == (2, [*first, *came])
