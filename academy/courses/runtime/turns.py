"""Whose turn it is: one transaction at a time changes what a registration's launches and attempts hold."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.courses.models import Enrolment, Launch
from academy.db import lock


def take(enrolment: Enrolment) -> None:
    """Wait for the turn of an enrolment, and read it as it is then; its launches are read afterwards."""
    lock(enrolment)


def take_of_launch(launch: UUID | int, connection: sa.Connection) -> None:
    """Wait for the turn of the enrolment of a launch, by public id or row number; previews have none."""
    if connection.dialect.name == "postgresql":  # on SQLite a transaction that writes is the only one
        statement = _OF_PUBLIC_ID if isinstance(launch, UUID) else _OF_ID
        connection.execute(statement, {"launch": launch})


def _of_launch(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    of_launch = sa.select(Launch.enrolment_id).where(which).scalar_subquery()
    return sa.select(Enrolment.id).where(Enrolment.id == of_launch).with_for_update(key_share=True)


_OF_PUBLIC_ID = _of_launch(Launch.public_id == sa.bindparam("launch"))
_OF_ID = _of_launch(Launch.id == sa.bindparam("launch"))
