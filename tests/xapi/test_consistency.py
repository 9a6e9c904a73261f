import threading
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from academy import clock
from academy.db import db, reading
from academy.xapi import consistency, moments
from academy.xapi.models import Statement
from tests.factories import xapi

LATER = timedelta(minutes=5)


def newest():
    return moments.moment(db.session.scalar(sa.select(sa.func.max(Statement.seq))))


def test_through_a_recent_statement_is_its_moment(connection):
    xapi.stored(xapi.statement())

    assert consistency.newest(connection) == newest()


def test_through_while_nothing_is_stored_is_now(connection, monkeypatch):
    xapi.stored(xapi.statement())
    db.session.commit()
    moment = clock.now() + LATER
    monkeypatch.setattr(clock, "now", lambda: moment)

    with reading():
        assert consistency.through(db.session.connection()) == moment
    assert consistency.through(db.session.connection()) == moment


def test_through_while_a_statement_is_being_stored_is_the_newest(app: Flask, monkeypatch):
    xapi.stored(xapi.statement())
    db.session.commit()
    moment = clock.now() + LATER
    monkeypatch.setattr(clock, "now", lambda: moment)
    holding, done = threading.Event(), threading.Event()

    def hold():
        with app.app_context():
            xapi.stored(xapi.statement())
            holding.set()
            done.wait(10)
            db.session.rollback()

    writer = threading.Thread(target=hold)
    writer.start()
    try:
        assert holding.wait(10)
        with reading():
            assert consistency.through(db.session.connection()) == newest()
    finally:
        done.set()
        writer.join()


def test_through_an_empty_store_is_now(connection):
    db.session.rollback()

    with reading():
        assert clock.now() - consistency.through(db.session.connection()) < timedelta(seconds=10)
