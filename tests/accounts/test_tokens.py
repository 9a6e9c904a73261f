from datetime import timedelta

import pytest

from academy import clock
from academy.accounts import tokens
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


@pytest.mark.parametrize("token", ["", "x", "WyJhIl0.x", "bnVsbA.bad", "e30.sig", "\u2028"])
def test_token_that_is_none_is_refused(app, token):
    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(token)


def test_token_with_another_persons_id_is_refused(app):
    mine, yours = accounts.person(), accounts.person()
    _content, _dot, signature = tokens.resetting(mine).partition(".")
    content, _dot, _signature = tokens.resetting(yours).partition(".")

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(f"{content}.{signature}")


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


@pytest.mark.parametrize(
    "change", [{"password_hash": "other"}, {"session_epoch": 1}, {"email": "new@example.org"}]
)
def test_resetting_token_dies_when_the_account_changes(app, change):
    person = accounts.person()
    token = tokens.resetting(person)

    for name, value in change.items():
        setattr(person, name, value)
    db.session.flush()

    with pytest.raises(tokens.BadToken):
        tokens.person_resetting(token)


def test_token_of_an_erased_person_is_refused(app):
    person = accounts.person()
    token = tokens.confirming(person)
    db.session.delete(person)
    db.session.flush()

    with pytest.raises(tokens.BadToken):
        tokens.person_confirming(token)
