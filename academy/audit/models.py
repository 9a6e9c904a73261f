"""Tables of the audit record; the database refuses to change what is in them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import BigId, Model, PublicId, UtcDateTime, new_public_id


class AuditEntry(Model):
    """One act: who (None where nobody is signed in), what, to which thing, concerning whom, by which door.

    It names people by public id only; what could name them lies in `AuditText`, held by its digest here.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.CheckConstraint("door IN ('page', 'api', 'command', 'worker')", name="door_is_known"),
        sa.Index("ix_audit_entry_at", "at", "id"),
        sa.Index("ix_audit_entry_actor", "actor", "at", "id"),
        sa.Index("ix_audit_entry_person", "person", "at", "id"),
        sa.Index("ix_audit_entry_act", "act", "at", "id"),
        sa.Index("ix_audit_entry_target", "target", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[UUID | None] = mapped_column(PublicId)
    act: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.String(20))
    target: Mapped[str] = mapped_column(sa.Text)
    person: Mapped[UUID | None] = mapped_column(PublicId)
    door: Mapped[str] = mapped_column(sa.String(10))
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    actor_digest: Mapped[str | None] = mapped_column(sa.String(64))
    target_digest: Mapped[str | None] = mapped_column(sa.String(64))


class AuditText(Model):
    """What an entry says in words about who acted, or about the thing acted on; JSON, as it was digested.

    `about` is the person whose erasure removes it.
    """

    __tablename__ = "audit_text"
    __table_args__ = (sa.CheckConstraint("part IN ('actor', 'target')", name="part_is_known"),)

    entry_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("audit_entry.id"), primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(6), primary_key=True)
    about: Mapped[UUID | None] = mapped_column(PublicId, index=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    content: Mapped[str] = mapped_column(sa.Text)


class AuditSeal(Model):
    """The place of an entry in the chain: a digest of the entry and of the seal before it."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("audit_entry.id"), unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
