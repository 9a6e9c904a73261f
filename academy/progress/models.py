"""Tables of the projection; `academy progress rebuild` may drop and remake every row."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from academy.db import BigId, Model, PublicId, UtcDateTime

COMPLETION = "completion IN ('not attempted', 'incomplete', 'completed')"
SUCCESS = "success IN ('unknown', 'passed', 'failed')"


class ActivityProgress(Model):
    """The state of one leaf activity for one registration."""

    __tablename__ = "activity_progress"
    __table_args__ = (
        sa.UniqueConstraint("registration", "activity"),
        sa.CheckConstraint(COMPLETION, name="completion_is_known"),
        sa.CheckConstraint(SUCCESS, name="success_is_known"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration: Mapped[UUID] = mapped_column(PublicId)
    activity: Mapped[UUID] = mapped_column(PublicId)  # public id of the leaf
    completion: Mapped[str] = mapped_column(sa.String(15), default="not attempted")
    success: Mapped[str] = mapped_column(sa.String(10), default="unknown")
    score_scaled: Mapped[float | None]
    score_raw: Mapped[float | None]
    time_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    sessions: Mapped[int] = mapped_column(default=0)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CourseProgress(Model):
    """The state of a whole course for one registration; `release` is the rule that last applied."""

    __tablename__ = "course_progress"
    __table_args__ = (
        sa.CheckConstraint(COMPLETION, name="completion_is_known"),
        sa.CheckConstraint(SUCCESS, name="success_is_known"),
        sa.Index("ix_course_progress_course_id_completion", "course_id", "completion"),
        sa.Index("ix_course_progress_course_id_started", "course_id", "started"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration: Mapped[UUID] = mapped_column(PublicId, unique=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    release: Mapped[int] = mapped_column(default=1)
    completion: Mapped[str] = mapped_column(sa.String(15), default="not attempted")
    success: Mapped[str] = mapped_column(sa.String(10), default="unknown")
    score_scaled: Mapped[float | None]
    done: Mapped[int] = mapped_column(default=0)  # leaves completed, of `leaves`
    leaves: Mapped[int] = mapped_column(default=0)
    time_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    started: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class StaleRegistration(Model):
    """A registration whose projection failed: its statements are kept, a rebuild is queued."""

    __tablename__ = "stale_registration"

    registration: Mapped[UUID] = mapped_column(PublicId, primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    fault: Mapped[str] = mapped_column(sa.Text)
