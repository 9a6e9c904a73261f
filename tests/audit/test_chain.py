"""Seals show what was changed behind the Academy's back, and let erasures pass."""

import pytest
import sqlalchemy as sa

from academy import audit
from academy.accounts import records
from academy.audit import AuditEntry, AuditSeal
from academy.db import db
from tests.factories import accounts

pytestmark = pytest.mark.usefixtures("app")


def some_acts() -> list[AuditEntry]:
    for role in ("trainer", "editor", "observer"):
        audit.record("role.grant", target=records.person(accounts.person()), after={"role": role})
    db.session.flush()
    return list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def behind_its_back(statement: str) -> None:
    """Do what only somebody with the database in hand can do: without the triggers."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SET session_replication_role = replica"))
    else:
        for (name,) in db.session.execute(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            db.session.execute(sa.text(f"DROP TRIGGER {name}"))
    db.session.execute(sa.text(statement))
    db.session.expire_all()


def test_a_sealed_record_holds_and_tells_its_head() -> None:
    some_acts()

    assert (audit.seal(), audit.seal()) == (3, 0)

    verdict = audit.verify()
    last = db.session.scalar(sa.select(AuditSeal.digest).where(AuditSeal.number == 3))
    assert (verdict.sealed, verdict.waiting, verdict.faults, verdict.head) == (3, 0, [], last)


def test_what_is_not_sealed_yet_waits() -> None:
    some_acts()

    verdict = audit.verify()

    assert (verdict.sealed, verdict.waiting, verdict.faults) == (0, 3, [])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE audit_entry SET act = 'role.revoke' WHERE id = {id}", "is not as it was sealed"),
        (
            "UPDATE audit_text SET content = '{{}}' WHERE entry_id = {id} AND part = 'target'",
            "not as it was recorded",
        ),
        ("DELETE FROM audit_text WHERE entry_id = {id}", "is gone"),
        ("DELETE FROM audit_seal WHERE entry_id = {id}", "are missing"),
    ],
)
def test_a_change_behind_its_back_is_found(change: str, fault: str) -> None:
    second = some_acts()[1]
    audit.seal()

    behind_its_back(change.format(id=second.id))

    verdict = audit.verify()
    assert any(fault in one for one in verdict.faults), verdict.faults


def test_an_erasure_is_no_fault() -> None:
    entries = some_acts()
    erased = entries[1].person
    assert erased is not None
    audit.record("person.erase", target=erased)
    audit.seal()

    audit.forget(erased)

    verdict = audit.verify()
    assert (verdict.faults, verdict.erased, verdict.sealed) == ([], 1, 4)
