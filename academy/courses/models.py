"""Tables of courses: structure, releases, packages, enrolments, attempts and launches."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from academy import clock
from academy.accounts.models import Person, PersonSession
from academy.db import BigId, JsonType, Model, OrderedText, PublicId, Translated, UtcDateTime, new_public_id

_LEFT, _OPEN = sa.text("withdrawn IS NOT NULL"), sa.text("closed IS NULL")


class Course(Model):
    """A course as people find it; its texts exist per language."""

    __tablename__ = "course"
    __table_args__ = (
        sa.CheckConstraint("status IN ('draft', 'published', 'archived')", name="status_is_known"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(OrderedText, unique=True)
    title: Mapped[dict[str, str]] = mapped_column(Translated)
    summary: Mapped[dict[str, str]] = mapped_column(Translated, default=dict)
    theme: Mapped[str] = mapped_column(sa.String(2), default="T1")
    level: Mapped[str] = mapped_column(sa.Text, default="introductory")
    hours: Mapped[float] = mapped_column(default=1.0)
    status: Mapped[str] = mapped_column(sa.String(10), default="draft", index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(
        JsonType, default=dict
    )  # modules, target groups, tags of the catalogue
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    author: Mapped[Person | None] = relationship()
    sections: Mapped[list["Section"]] = relationship(back_populates="course", order_by="Section.position")
    activities: Mapped[list["Activity"]] = relationship(
        lambda: Activity, back_populates="course", order_by=lambda: Activity.position
    )


class Section(Model):
    """A part of a course that groups activities."""

    __tablename__ = "section"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    position: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(Translated)

    course: Mapped[Course] = relationship(back_populates="sections")


class Activity(Model):
    """A node of a course: what a trainer added (`parent` is None), or a launchable leaf inside of it.

    A package activity has one leaf per SCO or asset, found by `identifier`, the manifest's item identifier.
    The activity id in statements is `<IRI base>/xapi/activities/<kind>/<public id>`.
    """

    __tablename__ = "activity"
    __table_args__ = (sa.UniqueConstraint("parent_id", "identifier"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    section_id: Mapped[int | None] = mapped_column(sa.ForeignKey("section.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # scorm-1.2 | sco | asset | …, names in courses.kinds
    identifier: Mapped[str | None] = mapped_column(sa.Text)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[dict[str, str]] = mapped_column(Translated)
    launchable: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[bool] = mapped_column(default=False)

    course: Mapped[Course] = relationship(back_populates="activities")
    parent: Mapped["Activity | None"] = relationship(
        lambda: Activity, remote_side=[id], back_populates="children"
    )
    children: Mapped[list["Activity"]] = relationship(
        lambda: Activity, back_populates="parent", order_by=lambda: Activity.position
    )
    packages: Mapped[list["Package"]] = relationship(back_populates="activity")


class Release(Model):
    """What a course asks of its learners from a moment on; the completion rule in force at the time.

    `leaves` is a list of `{"activity": public id, "must_pass": bool}` in the order of the course.
    """

    __tablename__ = "release"
    __table_args__ = (sa.UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"))
    number: Mapped[int]
    leaves: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    in_force: Mapped[int] = mapped_column(
        sa.BigInteger
    )  # microseconds since 1970, comparable with a statement's `stored`
    made: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Package(Model):
    """The variant of an activity in one language; None where the content has no language of its own."""

    __tablename__ = "package"
    __table_args__ = (sa.UniqueConstraint("activity_id", "language"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    language: Mapped[str] = mapped_column(sa.String(2))
    current_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("package_version.id", use_alter=True, name="fk_package_current_id_package_version")
    )

    activity: Mapped[Activity] = relationship(back_populates="packages")
    current: Mapped["PackageVersion | None"] = relationship(foreign_keys=[current_id], post_update=True)
    versions: Mapped[list["PackageVersion"]] = relationship(
        back_populates="package", foreign_keys="PackageVersion.package_id", order_by="PackageVersion.number"
    )


class PackageVersion(Model):
    """One uploaded package, read once; `outline` is the frozen tree of `packages.outline`."""

    __tablename__ = "package_version"
    __table_args__ = (sa.UniqueConstraint("package_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    package_id: Mapped[int] = mapped_column(sa.ForeignKey("package.id"))
    number: Mapped[int]
    standard: Mapped[str] = mapped_column(sa.String(20))
    file_name: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)  # of the zip
    content_size: Mapped[int] = mapped_column(sa.BigInteger)  # of the files in it
    outline: Mapped[dict[str, Any]] = mapped_column(JsonType)
    leaves: Mapped[dict[str, str]] = mapped_column(
        JsonType
    )  # public id of each leaf activity → item identifier here
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JsonType)
    imported_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    imported: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    package: Mapped[Package] = relationship(back_populates="versions", foreign_keys=[package_id])


class PackageFile(Model):
    """A file of a package version; its bytes lie in storage under `packages/<aa>/<sha256>`."""

    __tablename__ = "package_file"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "path"),
        sa.Index("ix_package_file_version_id_folded", "version_id", "folded"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("package_version.id"))
    path: Mapped[str] = mapped_column(
        sa.Text
    )  # NFC, `/` between folders, relative to the folder of the manifest
    folded: Mapped[str] = mapped_column(sa.Text)  # the same, case-folded, for content made on Windows
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)


class Upload(Model):
    """A file that a trainer is sending or has sent, before it becomes a package version."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity.id"))  # None: a new activity
    language: Mapped[str] = mapped_column(sa.String(2))
    file_name: Mapped[str] = mapped_column(sa.Text)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    received: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    report: Mapped[dict[str, Any] | None] = mapped_column(JsonType)  # findings, once checked
    job_id: Mapped[UUID | None] = mapped_column(PublicId)
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()
    activity: Mapped[Activity | None] = relationship()


class Enrolment(Model):
    """A person's seat in a course; `registration` is the id of all its statements."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("course_id", "person_id"),
        sa.Index("ix_enrolment_course_id_withdrawn", "course_id", "withdrawn"),
        sa.Index("ix_enrolment_person_id_withdrawn", "person_id", "withdrawn"),
        sa.Index("ix_enrolment_left", "registration", sqlite_where=_LEFT, postgresql_where=_LEFT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    registration: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    enrolled: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    withdrawn: Mapped[datetime | None] = mapped_column(UtcDateTime)

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()


class Attempt(Model):
    """What a SCO keeps between sessions, per enrolment, leaf and package variant.

    `data` is the CMI as the SCO left it (flat: element → text); the attempt stays on its package version.
    """

    __tablename__ = "attempt"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "activity_id", "package_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    package_id: Mapped[int] = mapped_column(sa.ForeignKey("package.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("package_version.id"))
    number: Mapped[int] = mapped_column(default=1)
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # may hold what jsonb refuses
    sessions: Mapped[int] = mapped_column(default=0)
    completion: Mapped[str] = mapped_column(sa.String(10), default="unknown")  # the best it ever was, as
    success: Mapped[str] = mapped_column(sa.String(10), default="unknown")  # runtime.results.Result says
    score_raw: Mapped[float | None]
    total_time_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)

    enrolment: Mapped[Enrolment] = relationship()
    activity: Mapped[Activity] = relationship()
    version: Mapped[PackageVersion] = relationship()


class ContentOrigin(Model):
    """The unguessable origin of one person's use of one package version; the same at every launch."""

    __tablename__ = "content_origin"
    __table_args__ = (sa.UniqueConstraint("version_id", "person_id"),)

    label: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("package_version.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))


class Launch(Model):
    """One session of content in a browser, from opening to its end; previews have no attempt."""

    __tablename__ = "launch"
    __table_args__ = (
        sa.CheckConstraint("mode IN ('normal', 'browse', 'review')", name="mode_is_known"),
        sa.Index("ix_launch_open", "superseded", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[UUID] = mapped_column(PublicId, unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    enrolment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attempt.id"), index=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("activity.id"))
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("package_version.id"))
    label: Mapped[str] = mapped_column(sa.ForeignKey("content_origin.label"), index=True)
    mode: Mapped[str] = mapped_column(sa.String(10), default="normal")
    seq: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # the last commit that had an effect
    session: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # `seq` of the last LMSInitialize
    in_session: Mapped[bool] = mapped_column(default=False)
    initialized: Mapped[datetime | None] = mapped_column(UtcDateTime)
    session_time_ms: Mapped[int | None] = mapped_column(sa.BigInteger)  # of the session, as the SCO says
    counted_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # what of it is in the total time
    opened: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    superseded: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_in_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("person_session.id", ondelete="SET NULL"), index=True
    )  # the launch saves while this session lasts; none where a ticket opened it

    person: Mapped[Person] = relationship()
    opened_in: Mapped[PersonSession | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    attempt: Mapped[Attempt | None] = relationship()
    activity: Mapped[Activity] = relationship()
    version: Mapped[PackageVersion] = relationship()
