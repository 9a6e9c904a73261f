"""Registrations that nobody confirmed go after their days; everybody else stays."""

from datetime import timedelta

from flask import Flask

from academy import clock
from academy.accounts import queries
from academy.accounts.personal_data import registrations
from academy.db import db
from tests.factories import accounts

OLD = timedelta(days=14, minutes=1)


def test_only_old_unconfirmed_registrations_go(app: Flask) -> None:
    old = clock.now() - OLD
    accounts.person(email="gone@example.org", email_confirmed=None, created=old)
    accounts.person(email="young@example.org", email_confirmed=None, created=clock.now() - timedelta(days=13))
    accounts.person(email="confirmed@example.org", created=old)

    registrations.forget_unconfirmed()
    db.session.commit()

    assert [person.email for person in queries.all_people()] == ["confirmed@example.org", "young@example.org"]
