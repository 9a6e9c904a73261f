"""Releases: what a course asked of its learners, then and now, and what the next release would ask."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from academy.courses.models import Activity, Course, Package, PackageVersion, Release
from academy.courses.packages import outline
from academy.courses.queries.structure import top_activities
from academy.db import db


def latest_release(course: Course) -> Release | None:
    """Return the last release of a course, or None before the first."""
    return db.session.scalar(
        sa.select(Release).where(Release.course_id == course.id).order_by(Release.number.desc()).limit(1)
    )


def release_in_force(course_id: int, at: int) -> Release | None:
    """Return the release that held at a moment, in microseconds since 1970 (as a statement's `stored`).

    Before the first release it is the first one: what was learnt early counts by the rule that came.
    """
    of_course = sa.select(Release).where(Release.course_id == course_id).limit(1)
    held = of_course.where(Release.in_force <= at).order_by(Release.in_force.desc(), Release.number.desc())
    return db.session.scalar(held) or db.session.scalar(of_course.order_by(Release.number))


def leaves(course: Course) -> list[Activity]:
    """Return the launchable leaves of the latest release, in the order of the course."""
    release = latest_release(course)
    wanted = [UUID(leaf["activity"]) for leaf in release.leaves] if release else []
    found = db.session.scalars(sa.select(Activity).where(Activity.public_id.in_(wanted)))
    by_id = {activity.public_id: activity for activity in found}
    return [by_id[public_id] for public_id in wanted if public_id in by_id]


def current_leaves(course: Course) -> list[dict[str, Any]]:
    """Return what a release made now would ask: each launchable leaf, and whether it must be passed.

    A leaf must be passed where the current package of any language has a mastery score for it.
    """
    tops = top_activities(course, with_=(_versions(), selectinload(Activity.children)))
    return [
        {"activity": str(leaf.public_id), "must_pass": _is_scored(leaf, versions)}
        for top in tops
        for versions in (_current_versions(top),)
        for leaf in _offered(top, versions)
    ]


def has_unreleased_changes(course: Course) -> bool:
    """Say whether a release made now would ask something else than the latest."""
    release = latest_release(course)
    return current_leaves(course) != (release.leaves if release else [])


def _versions() -> Any:
    return selectinload(Activity.packages).joinedload(Package.current)


def _current_versions(activity: Activity) -> list[PackageVersion]:
    return [package.current for package in activity.packages if package.current]


def _offered(top: Activity, versions: list[PackageVersion]) -> Iterator[Activity]:
    for leaf in top.children:
        held = any(str(leaf.public_id) in version.leaves for version in versions)
        if leaf.launchable and not leaf.removed and held:
            yield leaf


def _is_scored(leaf: Activity, versions: list[PackageVersion]) -> bool:
    return any(_mastery(version, version.leaves.get(str(leaf.public_id))) is not None for version in versions)


def _mastery(version: PackageVersion, identifier: str | None) -> Decimal | None:
    items = outline.walk(outline.from_json(version.outline).items)
    return next((item.mastery_score for item in items if item.identifier == identifier), None)
