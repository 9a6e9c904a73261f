from datetime import date

import pytest
import sqlalchemy as sa
from lxml import html

from academy.accounts import queries as reads
from academy.accounts.models import Organisation
from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts

STATE = {
    "name_en": "Moldova",
    "name_ru": "Молдова",
    "region": "Eastern Partnership",
    "status": "active",
    "time_zone": "Europe/Chisinau",
}
UNIT = {
    "name_en": "Border Police",
    "name_ru": "Пограничная полиция",
    "state": "MD",
    "parent": "",
    "mail_domain": "",
}


@pytest.fixture
def admin(app):
    return accounts.person(roles=["administrator"], email="admin@example.org")


@pytest.fixture
def browser(admin, sign_in):
    return sign_in(admin)


def roles_of(person):
    db.session.expire_all()
    return sorted((grant.role, grant.state_code) for grant in person.grants)


def acts():
    return list(db.session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))


def test_a_role_is_given_and_taken(browser):
    person = accounts.person(email="ana@example.org")
    accounts.state("GE")
    fields = {"email": "ANA@example.org", "role": "coordinator", "limit": "state:GE"}

    assert browser.post("/admin/people", data=fields).location == "/admin/people"
    assert roles_of(person) == [("coordinator", "GE")]
    page = browser.get("/admin/people").text
    assert "ana@example.org" in page
    [undo] = html.fromstring(page).xpath("//*[contains(@class, 'toast')]//form")
    assert undo.get("action") == f"/admin/people/{person.public_id}/revoke"
    given = dict(undo.form_values())
    assert {name: given[name] for name in ("role", "limit")} == {"role": "coordinator", "limit": "state:GE"}

    taken = browser.post(
        f"/admin/people/{person.public_id}/revoke", data={"role": "coordinator", "limit": "state:GE"}
    )
    assert taken.location == "/admin/people"
    assert roles_of(person) == []
    assert acts() == ["role.grant", "role.revoke"]

    undo = html.fromstring(browser.get("/admin/people").text).xpath("//*[contains(@class, 'toast')]//form")[0]
    browser.post(undo.get("action"), data=dict(undo.form_values()))
    assert roles_of(person) == [("coordinator", "GE")]


def test_a_role_that_is_held_already_is_said_and_cannot_be_undone(browser):
    person = accounts.person(email="ana@example.org", roles=["trainer"])
    accounts.state("GE")

    browser.post("/admin/people", data={"email": person.email, "role": "trainer", "limit": "state:GE"})

    page = html.fromstring(browser.get("/admin/people").text)
    assert "holds this role already" in page.text_content()
    assert page.xpath("//*[contains(@class, 'toast')]//form") == []
    assert acts() == []


def test_the_limit_of_another_role_does_not_keep_it_from_being_undone(browser):
    person = accounts.person(email="ana@example.org")
    accounts.state("GE")
    browser.post("/admin/people", data={"email": person.email, "role": "trainer", "limit": "state:GE"})
    assert roles_of(person) == [("trainer", None)]

    undo = html.fromstring(browser.get("/admin/people").text).xpath("//*[contains(@class, 'toast')]//form")[0]
    browser.post(undo.get("action"), data=dict(undo.form_values()))

    assert roles_of(person) == []


def test_a_coordinator_of_an_organisation(browser):
    unit, person = accounts.organisation(), accounts.person(email="ana@example.org")

    browser.post(
        "/admin/people",
        data={"email": "ana@example.org", "role": "coordinator", "limit": f"unit:{unit.public_id}"},
    )

    db.session.expire_all()
    assert [grant.organisation_id for grant in person.grants] == [unit.id]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "nobody@example.org"}, "Nobody has this address"),
        ({"limit": ""}, "needs a state or an organisation"),
        ({"limit": "state:US"}, "Not a valid choice"),
        ({"role": "king"}, "Not a valid choice"),
    ],
)
def test_a_role_that_cannot_be_given_is_named(browser, change, message):
    person = accounts.person(email="ana@example.org")

    answer = browser.post(
        "/admin/people",
        data={"email": "ana@example.org", "role": "coordinator", "limit": "state:MD"} | change,
    )

    assert answer.status_code == 422
    assert message in answer.text
    assert roles_of(person) == []


def test_the_own_administrator_role_stays(browser, admin):
    answer = browser.post(
        f"/admin/people/{admin.public_id}/revoke", data={"role": "administrator", "limit": ""}
    )

    assert answer.status_code == 409
    assert roles_of(admin) == [("administrator", None)]
    assert browser.post(f"/admin/people/{admin.public_id}/revoke", data={"role": "king"}).status_code == 422


def test_a_state_is_changed_and_recorded(browser):
    accounts.state("MD")

    answer = browser.post(
        "/admin/states/MD",
        data=STATE | {"status": "suspended", "since": "2009-04-28", "until": "2026-01-31", "footnote": "y"},
    )

    state = reads.state_by_code("MD")
    db.session.refresh(state)
    assert answer.location == "/admin/states"
    assert (state.name, state.status) == ({"en": "Moldova", "ru": "Молдова"}, "suspended")
    assert (state.since, state.until, state.footnote) == (date(2009, 4, 28), date(2026, 1, 31), True)
    assert acts() == ["state.save"]
    page = browser.get("/admin/states").text
    assert "Moldova*" in page
    assert "without prejudice" in page
    assert 'value="2009-04-28"' in browser.get("/admin/states/MD").text


def test_a_state_is_added_once(browser):
    assert browser.post("/admin/states/new", data=STATE | {"code": "zz"}).location == "/admin/states"
    again = browser.post("/admin/states/new", data=STATE | {"code": "ZZ"})

    assert again.status_code == 422
    assert "in the list already" in again.text
    assert browser.post("/admin/states/new", data=STATE | {"code": "Z1"}).status_code == 422
    assert browser.get("/admin/states/QQ").status_code == 404


def test_a_state_cannot_end_before_it_begins(browser):
    accounts.state("MD")

    answer = browser.post("/admin/states/MD", data=STATE | {"since": "2026-02-01", "until": "2026-01-31"})

    assert answer.status_code == 422
    assert "before the beginning" in answer.text


def test_an_organisation_is_added_below_another_and_changed(browser):
    ministry = accounts.organisation("Ministry")
    fields = UNIT | {"parent": str(ministry.public_id), "mail_domain": "@Border.Example.ORG"}

    assert browser.post("/admin/organisations/new", data=fields).location == "/admin/organisations"

    unit = db.session.scalars(sa.select(Organisation).where(Organisation.parent_id == ministry.id)).one()
    assert (unit.name["ru"], unit.mail_domain) == ("Пограничная полиция", "border.example.org")
    assert unit.path == f"{ministry.path}{unit.id}/"
    page = browser.get(f"/admin/organisations/{unit.public_id}").text
    assert "border.example.org" in page
    browser.post(f"/admin/organisations/{unit.public_id}", data=UNIT)
    db.session.refresh(unit)
    assert (unit.parent_id, unit.path, unit.mail_domain) == (None, f"/{unit.id}/", None)
    assert "Border Police" in browser.get("/admin/organisations").text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mail_domain": "not a domain"}, "looks like"),
        ({"mail_domain": "gmail.com"}, "proves nothing"),
        ({"mail_domain": "taken.example.org"}, "Another organisation has"),
        ({"name_en": ""}, "required"),
        ({"state": "US"}, "Not a valid choice"),
    ],
)
def test_an_organisation_that_is_wrong_is_named(browser, change, message):
    accounts.organisation("Other", mail_domain="taken.example.org")

    answer = browser.post("/admin/organisations/new", data=UNIT | change)

    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


def test_an_organisation_cannot_go_below_itself(browser):
    ministry = accounts.organisation("Ministry")
    unit = accounts.organisation("Unit", parent=ministry)

    answer = browser.post(
        f"/admin/organisations/{ministry.public_id}", data=UNIT | {"parent": str(unit.public_id)}
    )

    assert answer.status_code == 422


PLACES = (
    "/admin/states",
    "/admin/states/new",
    "/admin/states/MD",
    "/admin/organisations",
    "/admin/organisations/new",
)


@pytest.mark.parametrize("path", [*PLACES, "/admin/people"])
def test_administration_is_closed_to_others(app, client, sign_in, path):
    accounts.state("MD")

    assert client.get(path).status_code == 303
    assert client.post(path).status_code in {303, 405}
    for person in (
        accounts.person(),
        accounts.person(roles=["trainer", "editor", "observer"]),
        accounts.coordinator("MD"),
    ):
        assert sign_in(person).get(path).status_code == 403


def test_secretariat_keeps_states_and_organisations_but_not_roles(app, sign_in):
    accounts.state("MD")
    browser = sign_in(accounts.person(roles=["secretariat"]))

    assert [browser.get(path).status_code for path in PLACES] == [200] * 5
    assert browser.get("/admin/people").status_code == 403
    person = accounts.person()
    answer = browser.post(f"/admin/people/{person.public_id}/revoke", data={"role": "trainer"})
    assert answer.status_code == 403
