"""Registrations whose address nobody confirmed: kept for some days, then removed."""

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from academy import clock
from academy.accounts.models import Person
from academy.accounts.personal_data import erasure
from academy.db import db

AT_A_TIME = 100


def forget_unconfirmed() -> None:
    """Remove people who registered some days ago and never confirmed their address."""
    days = int(str(current_app.config["REGISTRATION_DAYS"]))
    never = sa.and_(Person.email_confirmed.is_(None), Person.erased.is_(False))
    old = Person.created < clock.now() - timedelta(days=days)
    found = sa.select(Person).where(never, old).order_by(Person.id).limit(AT_A_TIME)
    for person in db.session.scalars(found.with_for_update(skip_locked=True)):
        erasure.forget_registration(person)
