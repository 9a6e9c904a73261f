"""Which tables a backup holds, and which rows are too short-lived to be worth keeping.

Left out: sessions (everybody signs in again), counts of failed sign-ins, the list of running workers, and
uploads that have no report yet (their files are still on the way; they are sent again). Jobs that were under
way wait again, since whoever did them is not here.
"""

from typing import Any

import sqlalchemy as sa

from academy.backup.rows import Form, form_of
from academy.db import Base

LEFT_OUT = frozenset({"person_session", "sign_in_attempt", "worker"})
UNKNOWN = frozenset({"alembic_version"})


def kept() -> list[Form]:
    """Return the tables that a backup holds, by name."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return [form_of(table) for table in tables if table.name not in LEFT_OUT]


def rows_of(form: Form) -> sa.ColumnElement[bool]:
    """Return which rows of a table are kept."""
    if form.name == "upload":
        return form.table.c.report.is_not(None)
    return sa.true()


def instead_of(form: Form) -> dict[str, sa.ColumnElement[Any]]:
    """Return the columns that are kept with another value: what leads to something left out leads nowhere."""
    instead: dict[str, sa.ColumnElement[Any]] = {
        column.name: sa.null()
        for column in Base.metadata.tables[form.name].columns
        for key in column.foreign_keys
        if key.column.table.name in LEFT_OUT
    }
    if form.name == "job":
        state = form.table.c.state
        instead["state"] = sa.case((state == "running", "queued"), else_=state)
        instead |= dict.fromkeys(("worker", "lease", "leased_until"), sa.null())
    return instead


def order_of(form: Form) -> list[sa.ColumnElement[Any]]:
    """Return the primary key of a table, by which its rows are read."""
    return [sa.column(column.name) for column in Base.metadata.tables[form.name].primary_key.columns]
