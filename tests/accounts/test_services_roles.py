import pytest
import sqlalchemy as sa

from academy.accounts import services
from academy.accounts.models import Role
from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts


def held(person):
    return [(grant.role, grant.state_code, grant.organisation_id) for grant in person.grants]


def test_grant_adds_a_role_once(app):
    person = accounts.person()

    services.grant(person, Role.TRAINER)
    services.grant(person, Role.TRAINER, state_code="MD")
    services.grant(person, Role.LEARNER)

    assert held(person) == [("trainer", None, None)]
    assert [entry.act for entry in db.session.scalars(sa.select(AuditEntry))] == ["role.grant"]


def test_grant_limits_a_coordinator(app):
    person, unit = accounts.person(), accounts.organisation()

    with pytest.raises(services.ScopeMissing):
        services.grant(person, Role.COORDINATOR)
    services.grant(person, Role.COORDINATOR, state_code="MD")
    services.grant(person, Role.COORDINATOR, organisation=unit)

    assert held(person) == [("coordinator", "MD", None), ("coordinator", None, unit.id)]


def test_revoke_takes_only_that_grant(app):
    person, admin = accounts.coordinator("MD", roles=["trainer"]), accounts.person(roles=["administrator"])
    accounts.state("GE")
    services.grant(person, Role.COORDINATOR, state_code="GE")

    services.revoke(person, Role.COORDINATOR, by=admin, state_code="MD")
    services.revoke(person, Role.EDITOR, by=admin)

    assert sorted(held(person)) == [("coordinator", "GE", None), ("trainer", None, None)]


def test_revoke_does_not_lock_the_administrator_out(app):
    admin, other = accounts.person(roles=["administrator"]), accounts.person(roles=["administrator"])

    with pytest.raises(services.LastAdministrator):
        services.revoke(admin, Role.ADMINISTRATOR, by=admin)
    services.revoke(other, Role.ADMINISTRATOR, by=admin)

    assert admin.roles == {"learner", "administrator"}
    assert other.roles == {"learner"}
