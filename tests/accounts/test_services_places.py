import pytest
import sqlalchemy as sa

from academy import audit
from academy.accounts import queries, services
from academy.accounts.models import Organisation, State
from academy.accounts.services import StateFacts
from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts


def save(organisation=None, **overrides):
    facts = {"name": {"en": "Unit"}, "state_code": "MD", "parent": None, "mail_domain": None}
    return services.save_organisation(organisation, **facts | overrides)


def test_load_states_brings_the_fifty_once(app):
    db.session.execute(sa.delete(State))

    assert services.load_states() == 50
    assert services.load_states() == 0

    states = {state.code: state for state in queries.states()}
    assert len(states) == 50
    assert states["MD"].name == {"en": "Moldova", "ru": "Молдова"}
    assert states["TJ"].time_zone == "Asia/Dushanbe"
    assert [code for code, state in states.items() if state.footnote] == ["XK"]
    assert [code for code, state in states.items() if state.status != "active"] == ["GB"]


def test_load_states_never_overwrites_what_staff_edited(app):
    services.load_states()
    services.save_state(
        "MD", StateFacts({"en": "Republic of Moldova", "ru": "Республика Молдова"}, "EU", "suspended")
    )
    db.session.execute(sa.delete(State).where(State.code == "TJ"))

    assert services.load_states() == 1

    moldova = queries.state_by_code("md")
    assert (moldova.name["en"], moldova.status) == ("Republic of Moldova", "suspended")


def test_save_state_is_recorded_with_before_and_after(app):
    services.save_state("ZZ", StateFacts({"en": "New", "ru": "Новое"}, "EU", "active"))
    services.save_state("ZZ", StateFacts({"en": "New", "ru": "Новое"}, "EU", "former"))

    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == ["state.save", "state.save"]
    words = audit.said(entries)
    assert words[entries[0].id].before is None
    assert (words[entries[1].id].before, words[entries[1].id].after["status"]) == (
        {"status": "active"},
        "former",
    )


def test_states_to_choose_leaves_out_former_ones(app):
    accounts.state("MD", status="suspended")
    accounts.state("GE", status="former")
    accounts.state("TJ")

    chosen = [state.code for state in queries.states_to_choose()]

    assert "GE" not in chosen
    assert {"MD", "TJ"} <= set(chosen)


def test_save_organisation_writes_the_path_and_the_parents_state(app):
    accounts.state("MD"), accounts.state("GE")
    ministry = save(name={"en": "Ministry"})
    police = save(name={"en": "Police"}, parent=ministry, state_code="GE")

    assert ministry.path == f"/{ministry.id}/"
    assert police.path == f"/{ministry.id}/{police.id}/"
    assert police.state_code == "MD"


def test_save_organisation_moves_everything_below(app):
    first, second = accounts.organisation("First"), accounts.organisation("Second")
    police = accounts.organisation("Police", parent=first)
    unit = accounts.organisation("Unit", parent=police)
    accounts.organisation("Beside", parent=first)

    save(police, name=police.name, parent=second)

    db.session.refresh(unit)
    assert police.path == f"/{second.id}/{police.id}/"
    assert unit.path == f"/{second.id}/{police.id}/{unit.id}/"


def test_save_organisation_that_changes_state_unsettles_its_people(app):
    accounts.state("GE")
    unit = accounts.organisation("Unit")
    here, there = (
        accounts.person(organisation=unit),
        accounts.person(organisation=accounts.organisation("Other")),
    )

    save(unit, state_code="GE")

    db.session.expire_all()
    assert (here.organisation, here.organisation_confirmed, here.state_code) == (None, None, "MD")
    assert there.organisation is not None


def test_save_organisation_refuses_loops_and_taken_domains(app):
    accounts.state("MD")
    ministry = save(mail_domain="ministry.example.org")
    unit = save(parent=ministry)

    with pytest.raises(services.LoopInTree):
        save(ministry, parent=unit)
    with pytest.raises(services.LoopInTree):
        save(ministry, parent=ministry)
    with pytest.raises(services.DomainTaken):
        save(mail_domain="ministry.example.org")
    assert save(ministry, mail_domain="ministry.example.org") is ministry


def test_organisations_come_parents_first(app):
    ministry = accounts.organisation("Ministry")
    other = accounts.organisation("Other")
    unit = accounts.organisation("Unit", parent=ministry)
    below = accounts.organisation("Below", parent=unit)

    assert queries.organisations() == [ministry, unit, below, other]
    assert isinstance(queries.organisation_by_public_id(unit.public_id), Organisation)
