"""Tables of certificates and of their numbering."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime

_NOT_VALID = sa.text("status <> 'valid'")


class Certificate(Model):
    """An issued certificate; `facts` is what the document says, and never changes."""

    __tablename__ = "certificate"
    __table_args__ = (
        sa.CheckConstraint("status IN ('valid', 'revoked', 'superseded')", name="status_is_known"),
        sa.Index("ix_certificate_totals", "course_id", "status", "registration", "serial"),
        sa.Index("ix_certificate_not_valid", "status", sqlite_where=_NOT_VALID, postgresql_where=_NOT_VALID),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    serial: Mapped[str] = mapped_column(sa.String(24), unique=True)
    registration: Mapped[UUID] = mapped_column(PublicId, unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonType)
    pdf_sha256: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[str] = mapped_column(sa.String(10), default="valid")
    issued: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(sa.Text)


class ErasedSerial(Model):
    """The number of a certificate whose holder was erased: `erased`, or `revoked` where it was void before.

    Nothing leads from here to the row that is kept for totals under another number.
    """

    __tablename__ = "erased_serial"

    serial: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(10))


class SerialCounter(Model):
    """The last number given in a year."""

    __tablename__ = "serial_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)
