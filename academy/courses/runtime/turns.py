"""Whose turn it is: one transaction at a time changes what a registration's launches and attempts hold."""

import sqlalchemy as sa

from academy.courses.models import Enrolment, Launch
from academy.db import db, lock


def take(enrolment: Enrolment) -> None:
    """Wait for the turn of an enrolment, and read it as it is then; its launches are read afterwards."""
    lock(enrolment)


def take_of_launch(which: sa.ColumnElement[bool]) -> None:
    """Wait for the turn of the enrolment of a launch that is not loaded yet; previews have none."""
    if db.session.get_bind().dialect.name != "postgresql":
        return  # a transaction that writes is the only one
    of_launch = sa.select(Launch.enrolment_id).where(which).scalar_subquery()
    db.session.execute(
        sa.select(Enrolment.id).where(Enrolment.id == of_launch).with_for_update(key_share=True)
    )
