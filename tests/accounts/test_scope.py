import pytest
import sqlalchemy as sa

from academy.accounts import scope
from academy.accounts.models import Grant, Organisation, Person
from academy.db import db
from tests.factories import accounts


def seen(viewer, rule=scope.people_filter):
    return set(db.session.scalars(sa.select(Person.email).where(rule(viewer))))


@pytest.fixture
def world(app):
    """People of two states and a tree, confirmed and not; each name says what it is."""
    ministry = accounts.organisation("Ministry")
    police = accounts.organisation("Border Police", parent=ministry)
    unit = accounts.organisation("Unit 3", parent=police)
    georgian = accounts.organisation("Patrol", state="GE")
    made = {
        "md": accounts.person(email="md@example.org"),
        "md-claims": accounts.person(email="md-claims@example.org", confirmed=False),
        "ge": accounts.person(email="ge@example.org", state="GE"),
        "ge-claims": accounts.person(email="ge-claims@example.org", state="GE", confirmed=False),
        "none": accounts.person(email="none@example.org", state=None),
        "unit": accounts.person(email="unit@example.org", organisation=unit),
        "unit-claims": accounts.person(
            email="unit-claims@example.org", organisation=unit, organisation_confirmed=None
        ),
        "ministry": accounts.person(email="ministry@example.org", organisation=ministry),
        "patrol": accounts.person(email="patrol@example.org", state="GE", organisation=georgian),
    }
    return {"ministry": ministry, "police": police, "unit": unit, "georgian": georgian, "people": made}


def test_people_filter_gives_others_only_themselves(world):
    for roles in ((), ("trainer",), ("editor",), ("observer",)):
        viewer = accounts.person(roles=roles)
        assert seen(viewer) == {viewer.email}
        assert seen(viewer, scope.claimants_filter) == set()


@pytest.mark.parametrize("role", ["administrator", "secretariat"])
def test_people_filter_gives_staff_everybody(world, role):
    viewer = accounts.person(roles=[role])

    assert seen(viewer) == {person.email for person in world["people"].values()} | {viewer.email}
    assert seen(viewer, scope.claimants_filter) == {
        "md-claims@example.org",
        "ge-claims@example.org",
        "unit-claims@example.org",
    }


def test_people_filter_gives_a_state_only_its_confirmed_people(world):
    viewer = accounts.coordinator("MD")

    assert seen(viewer) == {
        "md@example.org",
        "unit@example.org",
        "unit-claims@example.org",
        "ministry@example.org",
        viewer.email,
    }
    assert seen(viewer, scope.claimants_filter) == {"md-claims@example.org", "unit-claims@example.org"}


def test_people_filter_gives_an_organisation_only_what_is_below_it(world):
    viewer = accounts.coordinator(organisation=world["police"], email="viewer@example.org")

    assert seen(viewer) == {"unit@example.org"}
    assert seen(viewer, scope.claimants_filter) == {"unit-claims@example.org"}


def test_people_filter_adds_up_several_grants(world):
    viewer = accounts.coordinator("GE", email="viewer@example.org")
    viewer.grants.append(Grant(role="coordinator", organisation_id=world["unit"].id))
    db.session.flush()

    assert seen(viewer) == {"ge@example.org", "patrol@example.org", "unit@example.org", "viewer@example.org"}


def test_people_filter_tells_path_1_from_path_11(app):
    accounts.state("MD")
    for number in (1, 11, 12):
        db.session.add(Organisation(id=number, name={"en": str(number)}, state_code="MD", path=f"/{number}/"))
    db.session.add(Organisation(id=13, name={"en": "13"}, state_code="MD", parent_id=1, path="/1/13/"))
    db.session.flush()
    for number in (1, 11, 12, 13):
        accounts.person(email=f"in{number}@example.org", organisation=db.session.get(Organisation, number))
    viewer = accounts.coordinator(organisation=db.session.get(Organisation, 1))

    assert seen(viewer) == {"in1@example.org", "in13@example.org"}
    assert not scope.covers_organisation(viewer, db.session.get(Organisation, 11))
    assert scope.covers_organisation(viewer, db.session.get(Organisation, 13))


def test_people_filter_ignores_an_organisation_whose_path_is_not_written_yet(app):
    accounts.state("MD")
    pathless = Organisation(name={"en": "new"}, state_code="MD", path="")
    db.session.add(pathless)
    db.session.flush()
    accounts.person(organisation=accounts.organisation("Other"))

    assert seen(accounts.coordinator(organisation=pathless)) == set()


def test_claimants_filter_leaves_out_closed_and_unconfirmed_accounts(app):
    accounts.person(confirmed=False, email_confirmed=None)
    accounts.person(confirmed=False, active=False)
    accounts.person(confirmed=False, email="real@example.org")

    assert seen(accounts.coordinator("MD"), scope.claimants_filter) == {"real@example.org"}
    assert seen(accounts.person(roles=["administrator"]), scope.claimants_filter) == {"real@example.org"}


def test_claimants_filter_keeps_another_states_organisation_from_a_coordinator(app):
    patrol = accounts.organisation("Patrol", state="GE")
    accounts.person(organisation=patrol, organisation_confirmed=None, email="odd@example.org")

    assert seen(accounts.coordinator("GE"), scope.claimants_filter) == set()
    assert seen(accounts.coordinator("MD"), scope.claimants_filter) == set()


def test_a_grant_of_another_role_gives_no_scope(app):
    viewer = accounts.person(state="GE")
    viewer.grants.append(Grant(role="trainer", state_code=accounts.state("MD").code))
    db.session.flush()
    accounts.person()

    assert seen(viewer) == {viewer.email}
    assert scope.states_of(viewer) == frozenset()
