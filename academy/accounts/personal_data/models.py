"""Tables of what people ask about their data, and of the receipts of erasures."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy import clock
from academy.accounts.models import Person
from academy.db import BigId, JsonType, Model, PublicId, UtcDateTime, new_public_id

OPEN = "state IN ('waiting', 'confirmed')"


class DataRequest(Model):
    """A person asks for a copy of their data or for its erasure; one of each kind may be open at a time.

    A copy goes from waiting over confirmed (a job makes it) to ready and expired; an erasure takes its own
    request away with the person.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('copy', 'erasure')", name="kind_is_known"),
        sa.CheckConstraint(
            "state IN ('waiting', 'withdrawn', 'declined', 'confirmed', 'ready', 'expired')",
            name="state_is_known",
        ),
        sa.Index("ix_data_request_state", "state"),
        sa.Index(
            "uq_data_request_open",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=sa.text(OPEN),
            postgresql_where=sa.text(OPEN),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")
    asked: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decided: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    ready: Mapped[datetime | None] = mapped_column(UtcDateTime)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class ErasureReceipt(Model):
    """That somebody's data was erased: when, by whom, why, how much in each room, and nothing personal.

    `digest` is a keyed digest of the address, by which a restored backup finds the person again; it goes when
    no backup from before the erasure is left.
    """

    __tablename__ = "erasure_receipt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    actor: Mapped[UUID | None] = mapped_column(PublicId)
    reason: Mapped[str] = mapped_column(sa.Text)
    counts: Mapped[dict[str, Any]] = mapped_column(JsonType)
    digest: Mapped[str | None] = mapped_column(sa.String(64), index=True)

    @property
    def total(self) -> int:
        """Return how many things were removed in all."""
        return sum(count for room in self.counts.values() for count in room.values())
