"""Which parts are locked by their prerequisites, for many seats at once; read by columns, for pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from academy.courses.models import Activity, Attempt, PackageVersion
from academy.courses.packages import outline, prerequisites
from academy.courses.packages.outline import Item
from academy.courses.runtime.results import Result, best
from academy.db import db

MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Held:
    """A package version that a course opens, and the activity that it belongs to."""

    block: int
    version: UUID


@dataclass(frozen=True)
class Conditions:
    """What a package version says of its leaves, by public id; and the leaves under its headings."""

    items: Mapping[UUID, Item]
    clusters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Results:
    """The leaves of activities that are there, and the best result of each, by enrolment."""

    present: Mapping[int | None, Sequence[UUID]]
    best: Mapping[tuple[int, UUID], Result]


_known: dict[UUID, Conditions | None] = {}

_VERSIONS = sa.select(PackageVersion.public_id, PackageVersion.outline, PackageVersion.leaves).where(
    PackageVersion.public_id.in_(sa.bindparam("versions", expanding=True))
)
_RESULTS = (
    sa.select(
        Activity.parent_id,
        Activity.public_id,
        Attempt.enrolment_id,
        Attempt.completion,
        Attempt.success,
        Attempt.score_raw,
    )
    .outerjoin(
        Attempt,
        sa.and_(
            Attempt.activity_id == Activity.id,
            Attempt.enrolment_id.in_(sa.bindparam("enrolments", expanding=True)),
        ),
    )
    .where(
        Activity.parent_id.in_(sa.bindparam("blocks", expanding=True)),
        Activity.launchable,
        Activity.removed.is_(False),
    )
)


def locked(held: Mapping[int, Sequence[Held]]) -> dict[int, frozenset[UUID]]:
    """Return the locked parts of seats, by enrolment id, as the player would refuse them.

    `held` names the packages of each seat's course. Packages without prerequisites cost no query, once this
    process has read them.
    """
    known = _conditions({one.version for several in held.values() for one in several})
    asked = [
        (enrolment, one.block, conditions)
        for enrolment, several in held.items()
        for one in several
        if (conditions := known.get(one.version)) is not None
    ]
    if not asked:
        return {}
    results = _results({enrolment for enrolment, *_ in asked}, {block for _, block, _ in asked})
    found: dict[int, frozenset[UUID]] = {}
    for enrolment, block, conditions in asked:
        found[enrolment] = found.get(enrolment, frozenset()).union(
            _locked(enrolment, results.present.get(block, ()), conditions, results)
        )
    return found


def _locked(
    enrolment: int, present: Sequence[UUID], conditions: Conditions, results: Results
) -> Iterable[UUID]:
    items = {leaf: conditions.items[leaf] for leaf in present if leaf in conditions.items}
    words = {
        item.identifier: results.best.get((enrolment, leaf), Result()).status for leaf, item in items.items()
    }
    statuses = prerequisites.Statuses(words, conditions.clusters)
    return [
        leaf
        for leaf, item in items.items()
        if item.visible and not prerequisites.is_unlocked(item.prerequisites, statuses)
    ]


def _conditions(versions: Iterable[UUID]) -> dict[UUID, Conditions | None]:
    """Return what versions ask, None where nothing; each is read once per process."""
    found = {version: _known[version] for version in versions if version in _known}
    missing = [version for version in versions if version not in found]
    if missing:
        if len(_known) + len(missing) > MOST_KEPT:
            _known.clear()  # in one step, for other threads read it
        read = db.session.execute(_VERSIONS, {"versions": missing})
        found |= (new := {public_id: _read(tree, names) for public_id, tree, names in read})
        _known.update(new)
    return found


def _read(kept: Mapping[str, object], names: Mapping[str, str]) -> Conditions | None:
    tree = outline.from_json(kept)
    items = {item.identifier: item for item in outline.leaves(tree)}
    if not any(item.prerequisites for item in items.values()):
        return None
    by_leaf = {UUID(leaf): items[name] for leaf, name in names.items() if name in items}
    return Conditions(by_leaf, outline.clusters(tree))


def _results(enrolments: Iterable[int], blocks: Iterable[int]) -> Results:
    present: dict[int | None, dict[UUID, None]] = {}
    found: dict[tuple[int, UUID], Result] = {}
    rows = db.session.execute(_RESULTS, {"enrolments": list(enrolments), "blocks": list(blocks)})
    for block, leaf, enrolment, completion, success, score in rows:
        present.setdefault(block, {})[leaf] = None
        if enrolment is not None:
            found[enrolment, leaf] = best(
                found.get((enrolment, leaf), Result()), Result(completion, success, score)
            )
    return Results({block: list(several) for block, several in present.items()}, found)
