import pytest
import sqlalchemy as sa

from academy.db import db
from academy.xapi import queries
from academy.xapi.models import Statement, StatementReference
from tests.factories import xapi


def seqs_of(*ids):
    rows = db.session.execute(sa.select(Statement.id, Statement.seq).where(Statement.id.in_(ids)))
    found = {row.id: row.seq for row in rows}
    return [found[identifier] for identifier in ids]


def references():
    return {tuple(row) for row in db.session.execute(
        sa.select(StatementReference.seq, StatementReference.target_seq)
    )}  # fmt: skip


def voided():
    return set(db.session.scalars(sa.select(Statement.id).where(Statement.voided)))


@pytest.mark.parametrize("order", ["before", "after", "together", "together turned"])
def test_voiding_takes_effect_in_any_order(connection, order):
    target, other = xapi.statement_id(), xapi.statement_id()
    statement, voiding = xapi.statement(id=str(target)), xapi.voiding(target)
    xapi.stored(xapi.statement(id=str(other)))
    batches = {
        "before": [[statement], [voiding]],
        "after": [[voiding], [statement]],
        "together": [[statement, voiding]],
        "together turned": [[voiding, statement]],
    }

    for batch in batches[order]:
        xapi.stored(*batch)

    assert voided() == {target}
    assert queries.one(connection, target) is None
    assert queries.one(connection, target, voided=True).statement["id"] == str(target)
    assert queries.one(connection, other, voided=True) is None


@pytest.mark.parametrize("turned", [False, True])
def test_voiding_a_voiding_statement_has_no_effect(connection, turned):
    target, voiding = xapi.statement_id(), xapi.statement_id()
    chain = [
        xapi.statement(id=str(target)),
        xapi.voiding(target, id=str(voiding)),
        xapi.voiding(voiding, id=str(xapi.statement_id())),
    ]

    for statement in chain[::-1] if turned else chain:
        xapi.stored(statement)

    assert voided() == {target}


def test_voiding_an_unknown_statement_is_stored(connection):
    [identifier] = xapi.stored(xapi.voiding(xapi.statement_id()))

    assert queries.one(connection, identifier) is not None
    assert voided() == set()


def test_other_references_do_not_void(connection):
    target = xapi.statement_id()

    xapi.stored(xapi.statement(id=str(target)), xapi.statement(object=xapi.reference(target)))

    assert voided() == set()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1)])
def test_references_reach_through_others_in_any_order(connection, order):
    ids = [xapi.statement_id() for _ in range(3)]
    chain = [
        xapi.statement(id=str(ids[0])),
        xapi.statement(id=str(ids[1]), object=xapi.reference(ids[0])),
        xapi.statement(id=str(ids[2]), object=xapi.reference(ids[1])),
    ]

    for place in order:
        xapi.stored(chain[place])

    first, second, third = seqs_of(*ids)
    assert references() == {(second, first), (third, second), (third, first)}


def test_references_in_a_circle_end(connection):
    one, other = xapi.statement_id(), xapi.statement_id()

    xapi.stored(xapi.statement(id=str(one), object=xapi.reference(other)))
    xapi.stored(xapi.statement(id=str(other), object=xapi.reference(one)))
    xapi.stored(xapi.statement(id=str(xapi.statement_id()), object=xapi.reference(one)))

    first, second = seqs_of(one, other)
    assert {(first, second), (second, first)} <= references()


def test_reference_to_itself_is_no_reference(connection):
    own = xapi.statement_id()

    xapi.stored(xapi.statement(id=str(own), object=xapi.reference(own)))

    assert references() == set()
