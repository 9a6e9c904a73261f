"""Tables of sequenced courses: where a registration stands in its tree, and what courses share."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy.courses.models import Enrolment, PackageVersion
from academy.db import BigId, Model, PublicId, new_public_id


class ActivityTree(Model):
    """The tree of a package version in one registration; `state` is what `sequencing.state` keeps.

    `objectives` and `data` are what its activities share among themselves alone: shared objective → values,
    and shared data → text.
    """

    __tablename__ = "activity_tree"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "version_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("package_version.id"), index=True)
    state: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # may hold what jsonb refuses
    objectives: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    enrolment: Mapped[Enrolment] = relationship()
    version: Mapped[PackageVersion] = relationship()


class SharedValue(Model):
    """What all courses of a person share under one name: values of an objective, or the text of data."""

    __tablename__ = "shared_value"
    __table_args__ = (sa.CheckConstraint("kind IN ('objective', 'data')", name="kind_is_known"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # of the name, which may be long
    name: Mapped[str] = mapped_column(sa.Text)
    value: Mapped[Any] = mapped_column(sa.JSON)


def digest(name: str) -> str:
    """Return the key under which a name is found."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
