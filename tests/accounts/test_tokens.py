from datetime import timedelta

import pytest
import sqlalchemy as sa

from academy import clock
from academy.accounts import services, tokens
from academy.accounts.models import MailedLink
from academy.db import db
from tests.factories import accounts


def later(monkeypatch, span):
    moment = clock.now() + span
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_token_gives_its_person_back(app):
    accounts.person()
    person = accounts.person()

    assert tokens.person_confirming(tokens.confirming(person)) is person
    assert tokens.person_resetting(tokens.resetting(person)) is person


def test_token_of_one_purpose_does_not_serve_another(app):
    person = accounts.person()

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(tokens.confirming(person))
    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(tokens.resetting(person))


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0.x", "\udfff", "e30.sig", "\u2028"])
def test_token_that_is_none_is_refused(app, token):
    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(token)


def test_the_database_keeps_no_token(app):
    token = tokens.resetting(accounts.person())

    kept = db.session.scalars(sa.select(MailedLink)).one()

    assert len(token) >= 43
    assert token.encode() not in kept.digest
    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(kept.digest.hex())


@pytest.mark.parametrize(
    ("make", "read", "lasts"),
    [
        (tokens.confirming, tokens.person_confirming, timedelta(hours=48)),
        (tokens.resetting, tokens.person_resetting, timedelta(hours=1)),
    ],
)
def test_token_expires(app, monkeypatch, make, read, lasts):
    token = make(person := accounts.person())

    later(monkeypatch, lasts - timedelta(minutes=1))
    assert read(token) is person

    later(monkeypatch, timedelta(minutes=2))
    with pytest.raises(tokens.TokenExpired):
        read(token)


def test_a_newer_mail_replaces_the_link_of_an_older_one(app):
    person, other = accounts.person(), accounts.person()
    kept, older = tokens.resetting(other), tokens.resetting(person)
    newer = tokens.resetting(person)

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(older)
    assert tokens.person_resetting(newer) is person
    assert tokens.person_resetting(kept) is other


def test_a_token_is_taken_once(app):
    token = tokens.resetting(person := accounts.person())

    assert tokens.take_resetting(token) is person
    with pytest.raises(tokens.BadToken):
        tokens.take_resetting(token)


def test_links_die_when_the_password_changes(app):
    person, other = accounts.person(), accounts.person()
    token, kept = tokens.resetting(person), tokens.resetting(other)

    services.set_password(person, "new")

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(token)
    assert tokens.person_resetting(kept) is other


def test_links_of_a_closed_account_are_refused(app):
    token = tokens.resetting(person := accounts.person())
    person.active = False
    db.session.flush()

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(token)


def test_links_go_with_their_person(app):
    token = tokens.confirming(person := accounts.person())
    db.session.delete(person)
    db.session.flush()

    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(token)
    assert db.session.scalars(sa.select(MailedLink)).all() == []


def test_forget_old_leaves_links_that_should_be_called_too_old(app, monkeypatch):
    token = tokens.resetting(accounts.person())

    later(monkeypatch, timedelta(days=2))
    tokens.forget_old()
    with pytest.raises(tokens.TokenExpired):
        tokens.person_resetting(token)

    later(monkeypatch, timedelta(days=31))
    tokens.forget_old()
    assert db.session.scalars(sa.select(MailedLink)).all() == []
