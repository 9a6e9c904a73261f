"""Writers and readers at the same time, on a database file."""

import threading
from functools import partial
from random import Random

from flask import Flask

from academy.db import db
from academy.xapi import documents, interning, json_text, queries, store
from academy.xapi.documents import Content, StateShelf
from academy.xapi.queries import StatementFilter
from academy.xapi.relations import identity
from tests.factories import xapi

BATCHES, SIZE = 8, 10
WRITERS, TURNS = 4, 4


def together(app: Flask, *works):
    """Run functions in threads, each in an application context; raise what one of them raised."""
    faults = []

    def run(work):
        with app.app_context():
            try:
                work()
            except Exception as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []


def batch(turned):
    """Return statements about the same activities, in opposite orders for two writers."""
    items = [
        xapi.statement(
            object={**xapi.activity(str(number)), "definition": {"name": {"en": f"{number}"}}},
            actor=xapi.agent(str(number)),
        )
        for number in range(SIZE)
    ]
    return items[::-1] if turned else items


def test_two_writers_of_shared_activities_lose_nothing(app):
    def writer(turned):
        for _ in range(BATCHES):
            store.insert(db.session.connection(), batch(turned), authority=xapi.AUTHORITY)
            db.session.commit()

    together(app, lambda: writer(False), lambda: writer(True))

    rows = list(queries.all_rows(db.session.connection()))
    assert len(rows) == len({row.seq for row in rows}) == 2 * BATCHES * SIZE
    shared = StatementFilter(activity=xapi.activity("3")["id"], agent=identity(xapi.agent("3")))
    assert len(queries.page(db.session.connection(), shared, limit=100).rows) == 2 * BATCHES


def test_the_same_statement_from_two_writers_is_stored_once(app):
    same = batch(False)
    for statement in same:
        statement["id"] = str(xapi.statement_id())
    barrier = threading.Barrier(2, timeout=30)

    def writer():
        barrier.wait()
        store.insert(db.session.connection(), same, authority=xapi.AUTHORITY)
        db.session.commit()

    together(app, writer, writer)

    assert len(list(queries.all_rows(db.session.connection()))) == SIZE


def test_merges_of_two_writers_are_both_kept(app):
    shelf = StateShelf(xapi.activity()["id"], identity(xapi.agent()))

    def writer(name):
        for number in range(BATCHES):
            content = Content(json_text.encode({f"{name}{number}": number}), "application/json")
            documents.merge(db.session.connection(), shelf, "bookmark", content)
            db.session.commit()

    together(app, lambda: writer("a"), lambda: writer("b"))

    found = json_text.decode(documents.read(db.session.connection(), shelf, "bookmark").content.data)
    assert found == {f"{name}{number}": number for name in "ab" for number in range(BATCHES)}


def test_four_writers_of_batches_that_share_activities_and_words_all_succeed(client):
    """Each batch grows the same definitions, names and words, in an order of its own: no deadlock."""
    headers = xapi.headers("all")
    db.session.commit()
    application = client.application
    answers = []

    def writer(number):
        for turn in range(TURNS):
            answers.append(post(application.test_client(), headers, growing(number, turn)))

    together(application, *(partial(writer, number) for number in range(WRITERS)))

    assert answers == [200] * WRITERS * TURNS
    rows = list(queries.all_rows(db.session.connection()))
    assert len(rows) == len({row.seq for row in rows}) == WRITERS * TURNS * SIZE
    name = interning.definitions_of(db.session.connection(), [xapi.activity("3")["id"]])
    assert len(name[xapi.activity("3")["id"]]["name"]) == WRITERS


def growing(number, turn):
    """Return a batch that gives each activity a name in the language of the writer, in a shuffled order."""
    language = ("en", "ru", "fr", "de")[number]
    items = [
        xapi.statement(
            actor={**xapi.agent(str(place)), "name": f"{number} {turn}"},
            verb={**xapi.verb(str(place % 3)), "display": {language: f"{turn}"}},
            object={**xapi.activity(str(place)), "definition": {"name": {language: f"{place} {turn}"}}},
        )
        for place in range(SIZE)
    ]
    Random(number * TURNS + turn).shuffle(items)
    return items


def post(client, headers, batch):
    sent = {**headers, "Content-Type": "application/json"}
    return client.post("/xapi/statements", data=json_text.encode(batch), headers=sent).status_code
