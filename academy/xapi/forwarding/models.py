"""The table of targets."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime, new_public_id


class ForwardingTarget(Model):
    """Another record store: where it is, what it asked for, how far it is, and what went wrong last."""

    __tablename__ = "xapi_forwarding"
    __table_args__ = (sa.UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(sa.Text)
    endpoint: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[str] = mapped_column(sa.String(10))
    key: Mapped[str] = mapped_column(sa.Text)
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary)  # sealed with SECRET_KEY
    verbs: Mapped[list[str]] = mapped_column(JsonType, default=list)
    activities: Mapped[list[str]] = mapped_column(JsonType, default=list)
    cursor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    sent: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    skipped: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    paused: Mapped[bool] = mapped_column(default=False)
    refused: Mapped[int | None] = mapped_column(sa.BigInteger)  # `seq` of the statement that blocks the way
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
    due: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    holder: Mapped[UUID | None] = mapped_column(sa.Uuid)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sent: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
