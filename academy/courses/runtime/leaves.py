"""The launchable leaves of a package version, and which of them are open to a learner."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from academy.courses.models import Activity, Attempt, Enrolment, PackageVersion
from academy.courses.packages import outline, prerequisites
from academy.courses.packages.outline import Item, Outline
from academy.courses.runtime.results import Result, best
from academy.db import db

_outlines: dict[UUID, Outline] = {}
_masteries: dict[tuple[UUID, int], Decimal | None] = {}
MOST_KEPT = 200


@dataclass(frozen=True)
class Leaf:
    """A leaf as the contents of the player show it."""

    activity: Activity
    item: Item
    result: Result
    unlocked: bool


def outline_of(version: PackageVersion) -> Outline:
    """Return the frozen tree of a package version; it never changes, so it is read once per process."""
    found = _outlines.get(version.public_id)
    if found is None:
        if len(_outlines) >= MOST_KEPT:
            _outlines.clear()  # in one step, for other threads read it
        found = _outlines[version.public_id] = outline.from_json(version.outline)
    return found


def forget_outlines() -> None:
    """Drop what was read, for tests that write an outline anew."""
    _outlines.clear()
    _masteries.clear()


def mastery(version: UUID, *, activity_id: int) -> Decimal | None:
    """Return the mastery score of a leaf in a package version, which is read once per process as well."""
    leaf = (version, activity_id)
    try:
        return _masteries[leaf]
    except KeyError:
        frozen = db.session.scalars(sa.select(PackageVersion).filter_by(public_id=version)).one()
        item = item_of(frozen, db.session.get_one(Activity, activity_id))
        if len(_masteries) >= MOST_KEPT * 10:
            _masteries.clear()
        found = _masteries[leaf] = item.mastery_score if item else None
        return found


def item_of(version: PackageVersion, activity: Activity) -> Item | None:
    """Return the manifest's item behind a leaf, or None where this version has none."""
    identifier = version.leaves.get(str(activity.public_id))
    return _items(version).get(identifier) if identifier is not None else None


def contents(version: PackageVersion, enrolment: Enrolment | None, *, parent: Activity) -> list[Leaf]:
    """Return the visible leaves of a package activity in order; without an enrolment all are open."""
    pairs = [(activity, item_of(version, activity)) for activity in parent.children if activity.launchable]
    items = [(activity, item) for activity, item in pairs if item is not None and not activity.removed]
    results = _results(enrolment, [activity.id for activity, _ in items]) if enrolment else {}
    statuses = _statuses(version, {item.identifier: results.get(activity.id) for activity, item in items})
    return [
        Leaf(
            activity=activity,
            item=item,
            result=results.get(activity.id, Result()),
            unlocked=enrolment is None or prerequisites.is_unlocked(item.prerequisites, statuses),
        )
        for activity, item in items
        if item.visible
    ]


def _results(enrolment: Enrolment, activities: Sequence[int]) -> dict[int, Result]:
    """Return the best result of each leaf over attempts and languages."""
    query = sa.select(Attempt.activity_id, Attempt.completion, Attempt.success, Attempt.score_raw).where(
        Attempt.enrolment_id == enrolment.id, Attempt.activity_id.in_(activities)
    )
    found: dict[int, Result] = {}
    for activity, completion, success, score in db.session.execute(query):
        found[activity] = best(found.get(activity, Result()), Result(completion, success, score))
    return found


def _statuses(version: PackageVersion, results: dict[str, Result | None]) -> prerequisites.Statuses:
    leaves = {identifier: (result or Result()).status for identifier, result in results.items()}
    return prerequisites.Statuses(leaves, outline.clusters(outline_of(version)))


def _items(version: PackageVersion) -> dict[str, Item]:
    return {item.identifier: item for item in outline.leaves(outline_of(version))}
