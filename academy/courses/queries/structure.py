"""One course and its parts, by the codes and public ids of addresses."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from academy.accounts.models import Person
from academy.courses.models import Activity, Course, Package, Section, Upload
from academy.db import db
from academy.errors import NotFound


def course_by_code(code: str) -> Course:
    """Return the course of a code, as it is written; raises NotFound."""
    found = db.session.scalar(sa.select(Course).where(Course.code == code))
    if found is None:
        raise NotFound
    return found


def is_code_taken(code: str) -> bool:
    """Say whether a course has this code, in whatever case."""
    return (
        db.session.scalar(sa.select(Course.id).where(sa.func.lower(Course.code) == code.lower())) is not None
    )


def activity_of_course(course: Course, public_id: UUID) -> Activity:
    """Return an activity of the course, one that a trainer removed as well; raises NotFound.

    Learners keep a removed activity until the next release.
    """
    found = db.session.scalar(
        sa.select(Activity).where(Activity.public_id == public_id, Activity.course_id == course.id)
    )
    if found is None:
        raise NotFound
    return found


def block_of_course(course: Course, public_id: UUID, *, removed: bool = False) -> Activity:
    """Return what a trainer added to the course and did not remove, or did; raises NotFound."""
    found = activity_of_course(course, public_id)
    if found.removed is not removed or found.parent_id is not None:
        raise NotFound
    return found


def section_of_course(course: Course, public_id: UUID) -> Section:
    """Return a section of the course; raises NotFound."""
    found = db.session.scalar(
        sa.select(Section).where(Section.public_id == public_id, Section.course_id == course.id)
    )
    if found is None:
        raise NotFound
    return found


def upload_of_course(course: Course, public_id: UUID, *, person: Person) -> Upload:
    """Return a person's own upload into the course; raises NotFound for anybody else's."""
    found = db.session.scalar(
        sa.select(Upload).where(
            Upload.public_id == public_id, Upload.course_id == course.id, Upload.person_id == person.id
        )
    )
    if found is None:
        raise NotFound
    return found


def top_activities(course: Course, *, with_: Iterable[Any] = ()) -> list[Activity]:
    """Return what a trainer put into the course, in its order: without a section first, then by section."""
    return list(
        db.session.scalars(
            sa.select(Activity)
            .outerjoin(Section, Section.id == Activity.section_id)
            .where(Activity.course_id == course.id, Activity.parent_id.is_(None), Activity.removed.is_(False))
            .order_by(sa.func.coalesce(Section.position, 0), Activity.position, Activity.id)
            .options(*with_)
        )
    )


def content_of(course: Course) -> list[Activity]:
    """Return the activities of a course with their packages and leaves loaded, for the builder."""
    packages = selectinload(Activity.packages).joinedload(Package.current)
    return top_activities(course, with_=(packages, selectinload(Activity.children)))
