import pytest
import sqlalchemy as sa

from academy.accounts import passwords, queries, services
from academy.accounts.models import Person
from academy.accounts.privacy import PRIVACY_VERSION
from academy.accounts.services import Application
from academy.db import db
from academy.errors import Invalid
from academy.jobs import Job
from tests.factories import accounts


def application(**overrides):
    accounts.state("MD")
    facts = {
        "email": "elena@border.example.org",
        "name_latin": "Elena Russu",
        "name_cyrillic": "Елена Руссу",
        "state_code": "MD",
        "organisation": None,
        "language": "ru",
        "time_zone": "Europe/Chisinau",
    }
    return Application(**facts | overrides)


def register(**overrides):
    services.register(application(**overrides), password_hash="hash", address="10.0.0.1")
    return queries.person_by_email("elena@border.example.org")


def mails():
    return [
        (job.payload["to"], job.payload["subject"])
        for job in db.session.scalars(sa.select(Job).order_by(Job.id))
    ]


CONFIRM = ("elena@border.example.org", "Confirm your e-mail address")


def test_register_makes_a_person_who_waits_for_confirmation(app):
    person = register()

    assert (person.name_latin, person.name_cyrillic, person.state_code) == (
        "Elena Russu",
        "Елена Руссу",
        "MD",
    )
    assert (person.language, person.time_zone, person.password_hash) == ("ru", "Europe/Chisinau", "hash")
    assert person.privacy_version == PRIVACY_VERSION
    assert person.privacy_accepted is not None
    assert person.pseudonym.name is not None
    assert person.state_confirmed is person.email_confirmed is None
    assert not person.is_active
    assert len(mails()) == 1
    assert mails()[0][0] == "elena@border.example.org"


def test_register_of_a_known_address_changes_nothing_and_says_so_by_mail(app):
    known = accounts.person(email="elena@border.example.org", name_latin="Elena R", password_hash="old")

    register(email="ELENA@border.example.org")

    assert (known.name_latin, known.password_hash) == ("Elena R", "old")
    assert mails() == [("elena@border.example.org", "You already have an account")]


def test_register_again_replaces_what_was_never_confirmed_and_kills_its_link(app):
    from academy.accounts import tokens

    first = register()
    pseudonym, token = first.pseudonym.name, tokens.confirming(first)

    services.register(application(name_latin="Elena Popa"), password_hash="new", address="10.0.0.1")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1
    assert (first.name_latin, first.password_hash, first.pseudonym.name) == ("Elena Popa", "new", pseudonym)
    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(token)


def test_register_writes_at_most_three_mails_to_one_address(app):
    for _ in range(5):
        register()

    assert len(mails()) == 3


def test_register_refuses_an_organisation_of_another_state(app):
    patrol = accounts.organisation("Patrol", state="GE")

    with pytest.raises(Invalid):
        register(organisation=patrol)


def test_resend_writes_only_where_a_registration_waits(app):
    accounts.person(email="confirmed@example.org", password_hash="x")
    register()

    for email in ("elena@border.example.org", "confirmed@example.org", "nobody@example.org", "no address"):
        services.resend_confirmation(email)

    assert [to for to, _subject in mails()] == ["elena@border.example.org"] * 2


def confirmed(person):
    return person.state_confirmed is not None, person.organisation_confirmed is not None


def test_confirm_leaves_the_state_to_a_coordinator(app):
    unit = accounts.organisation("Border Police")
    person = register(organisation=unit)

    services.confirm(person)

    assert person.is_active
    assert confirmed(person) == (False, False)


def test_confirm_by_mail_domain_confirms_state_and_organisation(app):
    police = accounts.organisation("Border Police", mail_domain="border.example.org")
    unit = accounts.organisation("Unit 3", parent=police)

    person = register(organisation=unit)
    assert confirmed(person) == (False, False)
    services.confirm(person)

    assert confirmed(person) == (True, True)
    assert person.organisation is unit


def test_confirm_by_mail_domain_fills_in_the_organisation(app):
    police = accounts.organisation("Border Police", mail_domain="border.example.org")
    person = register()

    services.confirm(person)

    assert person.organisation is police
    assert confirmed(person) == (True, True)


def test_confirm_by_mail_domain_does_not_vouch_for_another_organisation(app):
    accounts.organisation("Border Police", mail_domain="border.example.org")
    bureau = accounts.organisation("Bureau for Migration")
    person = register(organisation=bureau)

    services.confirm(person)

    assert confirmed(person) == (True, False)
    assert person.organisation is bureau


@pytest.mark.parametrize("domain", ["example.org", "xborder.example.org", "sub.border.example.org"])
def test_confirm_by_mail_domain_needs_the_very_domain(app, domain):
    accounts.organisation("Other", mail_domain=domain)
    person = register()

    services.confirm(person)

    assert confirmed(person) == (False, False)


def test_confirm_by_mail_domain_does_not_vouch_for_another_state(app):
    accounts.organisation("Patrol", state="GE", mail_domain="border.example.org")
    person = register()

    services.confirm(person)

    assert confirmed(person) == (False, False)
    assert person.state_code == "MD"


def test_password_is_never_kept_in_clear(app):
    services.register(application(), password_hash=passwords.hash_of("three words fit"), address=None)

    kept = queries.person_by_email("elena@border.example.org").password_hash
    assert "three" not in kept
    assert passwords.matches("three words fit", kept)
