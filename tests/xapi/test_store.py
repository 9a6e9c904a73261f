import pytest
import sqlalchemy as sa

from academy import clock
from academy.db import db, iri_base
from academy.xapi import moments, queries, store
from academy.xapi.errors import StatementConflict, StatementInvalid
from academy.xapi.models import Agent, Statement, StatementActivity, StatementAgent, StoredActivity, Verb
from tests.factories import xapi


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def definition(name):
    kept = db.session.scalar(
        sa.select(StoredActivity.definition).where(StoredActivity.iri == xapi.activity(name)["id"])
    )
    return kept and bytes(kept).decode()


def test_insert_returns_ids_in_order_and_stores_in_order(connection):
    named = xapi.statement_id()

    ids = xapi.stored(xapi.statement(id=str(named)), xapi.statement(), xapi.statement())

    assert ids[0] == named
    rows = queries.page(connection, queries.StatementFilter(ascending=True), limit=10).rows
    assert [row.statement["id"] for row in rows] == [str(identifier) for identifier in ids]
    seqs = [row.seq for row in rows]
    assert seqs == sorted(set(seqs))


def test_insert_sets_stored_timestamp_authority_and_version(connection):
    before = clock.now()
    [identifier] = xapi.stored(xapi.statement())

    row = queries.one(connection, identifier)

    assert before <= row.stored <= clock.now()
    assert row.statement == {
        **xapi.statement(),
        "id": str(identifier),
        "version": "1.0.0",
        "authority": xapi.AUTHORITY,
        "timestamp": moments.stored(row.seq),
        "stored": moments.stored(row.seq),
    }


def test_insert_stored_strictly_increases_when_the_clock_stands_still(connection, monkeypatch):
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)

    xapi.stored(xapi.statement(), xapi.statement())
    xapi.stored(xapi.statement())

    first = clock.microseconds(moment)
    assert list(db.session.scalars(sa.select(Statement.seq).order_by(Statement.seq))) == [
        first,
        first + 1,
        first + 2,
    ]


def test_insert_again_changes_nothing_and_is_not_heard_of(connection, heard):
    statement = xapi.statement(id=str(xapi.statement_id()))
    ids = xapi.stored(statement)
    seq = db.session.scalar(sa.select(Statement.seq))

    again = xapi.stored({**statement, "timestamp": "2020-01-01T00:00:00Z"})

    assert again == ids
    assert list(db.session.scalars(sa.select(Statement.seq))) == [seq]
    assert [len(stored) for stored in heard] == [1]


def test_insert_another_statement_under_the_id_is_a_conflict(connection):
    identifier = xapi.statement_id()
    xapi.stored(xapi.statement(id=str(identifier)))

    with pytest.raises(StatementConflict, match=str(identifier)):
        xapi.stored(xapi.statement(), xapi.statement(id=str(identifier), verb=xapi.verb("passed")))

    assert count(Statement) == 1


def test_insert_batch_with_an_id_twice_is_refused(connection):
    identifier = str(xapi.statement_id())

    with pytest.raises(StatementInvalid, match="twice") as caught:
        xapi.stored(xapi.statement(id=identifier), xapi.statement(id=identifier.upper()))

    assert caught.value.place == "statements[1]"


def test_insert_one_invalid_refuses_the_batch(connection, heard):
    with pytest.raises(StatementInvalid) as caught:
        xapi.stored(xapi.statement(), xapi.statement(verb={}))

    assert caught.value.place == "statements[1].verb"
    assert (count(Statement), count(Agent), heard) == (0, 0, [])


def test_insert_signal_brings_new_statements_as_stored(connection, heard):
    old = xapi.statement(id=str(xapi.statement_id()))
    xapi.stored(old)

    [_, new] = xapi.stored(old, xapi.statement(verb=xapi.verb("passed")))

    [stored] = heard[1]
    assert stored.id == new
    assert stored.statement == queries.one(connection, new).statement
    assert stored.seq == queries.one(connection, new).seq


def test_insert_nothing_is_nothing(connection, heard):
    assert xapi.stored() == []
    assert heard == []


def test_insert_interns_what_is_named_again(connection):
    xapi.stored(*(xapi.statement() for _ in range(3)))
    xapi.stored(xapi.statement(actor=xapi.agent("other")))

    assert (count(Agent), count(Verb), count(StoredActivity)) == (3, 1, 1)
    assert (count(StatementAgent), count(StatementActivity)) == (8, 4)


def test_insert_keeps_names_words_and_definitions(connection):
    first = xapi.statement(
        actor={**xapi.agent(), "name": "Ana"},
        verb={**xapi.verb(), "display": {"en": "experienced"}},
        object={**xapi.activity(), "definition": {"name": {"en": "Lesson"}, "type": "x:lesson"}},
    )
    second = xapi.statement(
        actor={**xapi.agent(), "name": "Anna"},
        verb={**xapi.verb(), "display": {"ru": "ознакомился"}},
        object={**xapi.activity(), "definition": {"name": {"ru": "Урок"}, "type": "x:other"}},
    )

    xapi.stored(first)
    xapi.stored(second, first)

    names = db.session.scalar(sa.select(Agent.names).where(Agent.identity.contains("learner")))
    assert names == ["Ana", "Anna"]
    assert bytes(db.session.scalar(sa.select(Verb.display))).decode() == (
        '{"en":"experienced","ru":"ознакомился"}'
    )
    assert definition("lesson") == '{"name":{"en":"Lesson","ru":"Урок"},"type":"x:lesson"}'


def test_insert_iris_and_names_have_no_length_limit(connection):
    long = {"id": "https://example.org/" + "ё" * 5000}
    actor = {"account": {"homePage": "https://example.org/" + "a" * 5000, "name": "b" * 5000}}

    [identifier] = xapi.stored(xapi.statement(object=long, actor=actor))

    assert queries.one(connection, identifier).statement["object"] == long


def test_own_authority_is_the_academy(app):
    assert store.own_authority() == {
        "objectType": "Agent",
        "account": {"homePage": iri_base(), "name": "academy"},
    }


def test_insert_ids_of_the_store_are_those_of_rfc_4122_in_order(connection):
    ids = store.insert(connection, [xapi.statement()] * 3, authority=xapi.AUTHORITY)

    assert {one.version for one in ids} == {4}
    assert [one.int >> 80 for one in ids] == sorted(one.int >> 80 for one in ids)
