"""What the record keeps of an act, and that nothing in it is changed afterwards but by an erasure."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import audit, trace
from academy.accounts import records
from academy.audit import AuditEntry, AuditSeal, AuditText
from academy.db import db
from tests.factories import accounts

pytestmark = pytest.mark.usefixtures("app")


def only() -> tuple[AuditEntry, audit.Said]:
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    return entry, audit.said([entry])[entry.id]


def test_an_act_keeps_who_what_whom_and_only_what_changed() -> None:
    staff, learner = accounts.person(name_latin="Ion Staff"), accounts.person(email="ana@example.org")
    learner.name_latin = "Ana Learner"
    before, after = {"state": "MD", "confirmed": False}, {"state": "MD", "confirmed": True}

    with trace.work("worker", "test", "CODE12345678"):
        audit.record(
            "person.confirm",
            target=records.person(learner),
            before=before,
            after=after,
            reason="By letter",
            by=staff,
        )

    entry, words = only()
    assert (entry.actor, entry.act, entry.kind) == (staff.public_id, "person.confirm", "person")
    assert (entry.target, entry.person) == (str(learner.public_id), learner.public_id)
    assert (entry.door, entry.request_id) == ("worker", "CODE12345678")
    assert words == audit.Said(
        name="Ion Staff",
        label="Ana Learner, ana@example.org",
        before={"confirmed": False},
        after={"confirmed": True},
        reason="By letter",
    )


def test_an_act_that_changes_nothing_is_no_act() -> None:
    audit.record("state.save", target="MD", before={"status": "active"}, after={"status": "active"})

    assert db.session.scalars(sa.select(AuditEntry)).all() == []


def test_an_unknown_act_is_refused() -> None:
    with pytest.raises(ValueError, match=r"audit/acts\.py"):
        audit.record("coffee.make", target="x")


def test_without_anybody_signed_in_the_command_line_acted() -> None:
    audit.record("library.reindex", target="library")

    entry, words = only()
    assert (entry.actor, entry.door, words.name, words.address) == (None, "command", None, None)


def test_a_request_is_recorded_with_address_and_door(app: Flask) -> None:
    with app.test_request_context("/", method="POST", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        audit.record("jobs.retry", target=uuid.uuid4())

    entry, words = only()
    assert (entry.door, words.address) == ("page", "192.0.2.7")


@pytest.mark.parametrize("table", [AuditEntry, AuditText, AuditSeal])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_changes(table: type, act: str) -> None:
    audit.record("person.create", target=records.person(accounts.person()))
    audit.seal()
    db.session.commit()
    column = {AuditEntry: "act", AuditText: "content", AuditSeal: "digest"}[table]
    change = sa.update(table).values({column: "x"}) if act == "update" else sa.delete(table)

    with pytest.raises(sa.exc.DBAPIError, match="only added to"):
        db.session.execute(change.execution_options(synchronize_session=False))

    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) in (1, 2)


def test_forget_removes_the_words_about_an_erased_person_and_nothing_else() -> None:
    erased, other = accounts.person(name_latin="Ana Erased"), accounts.person(name_latin="Ion Other")
    audit.record("person.confirm", target=records.person(erased), by=other)
    audit.record("person.confirm", target=records.person(other), by=erased)
    audit.record("person.erase", target=erased.public_id, by=other)

    assert audit.forget(erased.public_id) == 2

    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    words = audit.said(entries)
    first, second, third = (words[entry.id] for entry in entries)
    assert (first.name, first.label, first.erased) == ("Ion Other", "", frozenset({"target"}))
    assert (second.name, second.label[:9], second.erased) == (None, "Ion Other", frozenset({"actor"}))
    assert (third.name, third.erased) == ("Ion Other", frozenset())
    assert "Erased" not in str(db.session.execute(sa.text("SELECT * FROM audit_text")).all())


def test_forget_is_refused_before_the_erasure_is_on_record() -> None:
    person = accounts.person()
    audit.record("person.confirm", target=records.person(person))

    with pytest.raises(sa.exc.DBAPIError, match="only added to"):
        audit.forget(person.public_id)
    db.session.rollback()


def test_of_person_tells_own_acts_and_acts_concerning_oneself_without_naming_others() -> None:
    mine, other = accounts.person(name_latin="Ana Mine"), accounts.person(name_latin="Ion Other")
    audit.record("role.grant", target=records.person(mine), after={"role": "trainer"}, by=other)
    audit.record("person.confirm", target=records.person(other), by=mine)
    audit.record("person.confirm", target=records.person(other), by=other)

    found = audit.of_person(mine.public_id)

    assert [(one["act"], one["by_this_person"]) for one in found] == [
        ("role.grant", False),
        ("person.confirm", True),
    ]
    assert found[0]["after"] == {"role": "trainer"}
    assert "Ion" not in str(found)
