"""Tables of library resources."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy import clock
from academy.db import BigId, JsonType, Model, OrderedText, PublicId, Translated, UtcDateTime, new_public_id


class Resource(Model):
    """A document of the dialogue or an output of the observatory."""

    __tablename__ = "resource"
    __table_args__ = (
        sa.CheckConstraint("collection IN ('dialogue', 'observatory')", name="collection_is_known"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    reference: Mapped[str] = mapped_column(OrderedText, unique=True)
    collection: Mapped[str] = mapped_column(sa.String(12), index=True)
    kind: Mapped[str] = mapped_column(sa.Text)  # document type of the taxonomy
    title: Mapped[dict[str, str]] = mapped_column(Translated)
    summary: Mapped[dict[str, str]] = mapped_column(Translated, default=dict)
    year: Mapped[int]
    themes: Mapped[list[str]] = mapped_column(JsonType, default=list)
    states: Mapped[list[str]] = mapped_column(JsonType, default=list)  # empty: every participating state
    audience: Mapped[str] = mapped_column(sa.Text, default="public")
    languages: Mapped[list[str]] = mapped_column(JsonType, default=list)
    pages: Mapped[int | None]
    source_url: Mapped[str | None] = mapped_column(sa.Text)
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
