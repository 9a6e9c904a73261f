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


def test_one_glance_serves_all_who_read_in_the_same_moment_until_somebody_stores(connection, monkeypatch):
    xapi.stored(xapi.statement())
    db.session.commit()
    looks, look = [], consistency._idle_at
    monkeypatch.setattr(consistency, "_idle_at", lambda *given: looks.append(1) or look(*given))
    moment = clock.now() + LATER

    def read(after=timedelta(0)):
        monkeypatch.setattr(clock, "now", lambda: moment + after)
        with reading():
            found = consistency.of(db.session.connection())
            db.session.rollback()
        return found - moment, len(looks)

    soon, late = consistency.RECENT / 2, consistency.RECENT
    assert [read(), read(soon), read(late)] == [(timedelta(0), 1), (timedelta(0), 1), (late, 2)]

    monkeypatch.setattr(clock, "now", lambda: moment + late)
    xapi.stored(xapi.statement())
    db.session.commit()

    assert read(late + soon) == (newest() - moment, 2)


def test_who_may_write_hears_of_the_newest(connection):
    xapi.stored(xapi.statement())
    db.session.commit()

    assert consistency.of(db.session.connection()) == newest()
