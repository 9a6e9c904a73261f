import pytest
import sqlalchemy as sa

from academy import audit
from academy.accounts import emails, names, services, sessions
from academy.accounts.services import Profile
from academy.audit import AuditEntry
from academy.db import db
from academy.errors import Invalid, NotAllowed
from academy.jobs import Job
from tests.factories import accounts

PROFILE = Profile(name_latin="Ana Novak", name_cyrillic=None, language="en", time_zone="Europe/Prague")


def confirmed(person):
    return person.state_confirmed is not None, person.organisation_confirmed is not None


def acts():
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    words = audit.said(entries)
    return [(entry.act, entry.target, words[entry.id].after) for entry in entries]


def test_create_person_is_active_and_confirmed_and_told_to_nobody(app):
    unit = accounts.organisation("Border Police")

    person = services.create_person("Ana@Example.org", profile=PROFILE, state_code="MD", organisation=unit)

    assert person.email == "ana@example.org"
    assert person.is_active
    assert confirmed(person) == (True, True)
    assert person.pseudonym.name is not None
    assert person.roles == {"learner"}
    assert acts() == [("person.create", str(person.public_id), {"state": "MD"})]
    assert db.session.scalars(sa.select(Job)).all() == []


def test_create_person_refuses_what_is_taken_or_wrong(app):
    accounts.person(email="ana@example.org")
    patrol = accounts.organisation("Patrol", state="GE")

    with pytest.raises(services.EmailTaken):
        services.create_person("ANA@example.org", profile=PROFILE)
    with pytest.raises(emails.BadEmail):
        services.create_person("ana", profile=PROFILE)
    with pytest.raises(names.BadName):
        services.create_person("x@example.org", profile=Profile("=1+1", None, "en", "UTC"))
    with pytest.raises(Invalid):
        services.create_person("y@example.org", profile=PROFILE, state_code="MD", organisation=patrol)


def test_change_service_needs_a_new_confirmation_only_for_what_is_new(app):
    accounts.state("GE")
    unit, bureau = accounts.organisation("Border Police"), accounts.organisation("Bureau")
    person = accounts.person(organisation=unit)

    services.change_service(person, state_code="MD", organisation=unit)
    assert confirmed(person) == (True, True)

    services.change_service(person, state_code="MD", organisation=bureau)
    assert confirmed(person) == (True, False)

    services.change_service(person, state_code="GE", organisation=None)
    assert confirmed(person) == (False, False)
    with pytest.raises(Invalid):
        services.change_service(person, state_code="GE", organisation=unit)


def test_confirm_claim_by_a_coordinator_of_the_state(app):
    person = accounts.person(confirmed=False, organisation=accounts.organisation("Border Police"))
    viewer = accounts.coordinator("MD")

    services.confirm_claim(person, viewer=viewer)

    assert confirmed(person) == (True, True)
    act, target, after = acts()[-1]
    assert (act, target) == ("person.confirm", str(person.public_id))
    assert after["state_confirmed"] is after["organisation_confirmed"] is True


def test_confirm_claim_by_a_coordinator_of_an_organisation_above(app):
    police = accounts.organisation("Border Police")
    person = accounts.person(confirmed=False, organisation=accounts.organisation("Unit", parent=police))

    services.confirm_claim(person, viewer=accounts.coordinator(organisation=police))

    assert confirmed(person) == (True, True)


def test_confirm_claim_is_refused_outside_of_the_scope(app):
    person = accounts.person(confirmed=False, organisation=accounts.organisation("Border Police"))
    elsewhere = accounts.organisation("Bureau")

    for viewer in (
        accounts.coordinator("GE"),
        accounts.coordinator(organisation=elsewhere),
        accounts.person(),
    ):
        with pytest.raises(NotAllowed):
            services.confirm_claim(person, viewer=viewer)
        with pytest.raises(NotAllowed):
            services.decline_claim(person, viewer=viewer)

    assert confirmed(person) == (False, False)
    assert person.state_code == "MD"


def test_decline_claim_removes_what_was_not_confirmed(app):
    unit = accounts.organisation("Border Police")
    stranger = accounts.person(confirmed=False, organisation=unit)
    colleague = accounts.person(organisation=unit, organisation_confirmed=None)
    viewer = accounts.coordinator("MD")

    services.decline_claim(stranger, viewer=viewer)
    services.decline_claim(colleague, viewer=viewer)

    assert (stranger.state_code, stranger.organisation) == (None, None)
    assert (colleague.state_code, colleague.organisation) == ("MD", None)
    assert stranger.claim_declined is not None
    assert [act for act, _target, _after in acts()] == ["person.decline"] * 2


def test_decline_claim_by_an_organisation_leaves_the_state_to_others(app):
    unit = accounts.organisation("Border Police")
    person = accounts.person(confirmed=False, organisation=unit)

    services.decline_claim(person, viewer=accounts.coordinator(organisation=unit))

    assert (person.state_code, person.organisation) == ("MD", None)


def test_set_password_ends_all_sessions(app):
    person, other = accounts.person(password_hash="old"), accounts.person()
    _, mine = sessions.begin(person)
    _, others = sessions.begin(other)

    services.set_password(person, "new")

    assert person.password_hash == "new"
    assert sessions.find(mine) is None
    assert sessions.find(others) is not None


def test_send_reset_writes_only_to_open_accounts(app):
    accounts.person(email="open@example.org")
    accounts.person(email="closed@example.org", active=False)
    accounts.person(email="unconfirmed@example.org", email_confirmed=None)

    for name in ("open", "closed", "unconfirmed", "nobody"):
        services.send_reset(f"{name}@example.org")

    assert [job.payload["to"] for job in db.session.scalars(sa.select(Job))] == ["open@example.org"]


def test_invite_mails_a_link_for_a_week(app):
    person = accounts.person(email="ana@example.org", language="en")

    services.invite(person)

    job = db.session.scalars(sa.select(Job)).one()
    assert job.payload["subject"] == "Your account at the Training Academy"
    assert "http://localhost:5000/password/reset/" in job.payload["text"]
    assert "7 days" in job.payload["text"]
