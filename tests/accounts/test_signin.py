from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from academy.accounts import passwords, signin
from academy.accounts.models import SignInAttempt
from academy.db import db
from tests.factories import accounts

PASSWORD = "three words fit"


@pytest.fixture
def elena(app):
    accounts.person(email="other@example.org", password_hash=passwords.hash_of("another password"))
    return accounts.person(email="elena@example.org", password_hash=passwords.hash_of(PASSWORD))


def attempt(email="elena@example.org", password=PASSWORD, **options):
    return signin.try_password(email, password, address="10.0.0.1", **options)


def test_right_password_is_welcome_and_forgets_attempts(elena):
    attempt(password="wrong password")

    outcome = attempt(email=" ELENA@example.org ")

    assert (outcome.kind, outcome.person) == ("welcome", elena)
    assert db.session.scalars(sa.select(SignInAttempt)).all() == []


@pytest.mark.parametrize("email", ["elena@example.org", "nobody@example.org", "not an address"])
def test_wrong_password_and_unknown_address_are_told_alike(elena, email):
    outcomes = [attempt(email=email, password="wrong password") for _ in range(6)]

    assert [outcome.kind for outcome in outcomes] == ["wrong"] * 5 + ["throttled"]
    assert [outcome.left for outcome in outcomes] == [4, 3, 2, 1, 0, 0]
    assert timedelta(seconds=50) < outcomes[5].wait <= timedelta(minutes=1)
    assert all(outcome.person is None for outcome in outcomes)


def test_throttled_account_is_not_opened_by_the_right_password(elena):
    for _ in range(5):
        attempt(password="wrong password")

    assert attempt().kind == "throttled"
    assert signin.try_password("elena@example.org", PASSWORD, address="10.0.0.2").kind == "welcome"


def test_attempts_while_throttled_do_not_prolong_the_wait(elena):
    for _ in range(5):
        attempt(password="wrong password")
    attempt(password="wrong password")

    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 5


def test_attempt_is_counted_before_the_password_is_verified(elena, monkeypatch):
    counted = []

    def matches(password, kept):
        assert not db.session().in_transaction()
        counted.append(True)
        return False

    monkeypatch.setattr(passwords, "matches", matches)
    attempt()

    assert counted == [True]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 1


def test_old_hash_is_renewed_at_sign_in(elena):
    elena.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)

    attempt()

    assert passwords.renewed(PASSWORD, elena.password_hash) is None
    assert attempt().kind == "welcome"


def test_closed_account_is_told_like_a_wrong_password(elena):
    elena.active = False

    assert attempt().kind == "wrong"


def test_unconfirmed_account_is_told_only_with_the_right_password(elena):
    elena.email_confirmed = None

    assert attempt(password="wrong password").kind == "wrong"
    assert attempt().kind == "unconfirmed"
