"""The record of staff acts: who did what, on whom, from where; rows are only ever added."""

from datetime import datetime

import sqlalchemy as sa
from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, UtcDateTime, db


class AuditEntry(Model):
    """One act of a member of staff or of the command line."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(sa.Text, index=True)
    act: Mapped[str] = mapped_column(sa.Text, index=True)
    target: Mapped[str] = mapped_column(sa.Text, index=True)
    address: Mapped[str | None] = mapped_column(sa.Text)
    before: Mapped[dict[str, object] | None] = mapped_column(JsonType)
    after: Mapped[dict[str, object] | None] = mapped_column(JsonType)


def record(
    act: str,
    *,
    target: object,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Add one act to the record, in the transaction that does it.

    The actor is the public id of the signed-in person, `command line`, or `web` where nobody is signed in.
    """
    in_request = has_request_context()
    signed_in = in_request and current_user and current_user.is_authenticated
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor=str(current_user.public_id) if signed_in else "web" if in_request else "command line",
            act=act,
            target=str(target),
            address=request.remote_addr if in_request else None,
            before=before,
            after=after,
        )
    )
