"""A registration in a sequenced course: its tree out of the database, asked, and kept again.

The caller has the turn of the enrolment. What all courses of a person share is read for the names that the
tree uses, and written where it has changed.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any, Literal

import sqlalchemy as sa

from academy.courses.models import Enrolment, PackageVersion
from academy.courses.packages import outline
from academy.courses.packages.outline import Item, Outline
from academy.courses.runtime import leaves, verdicts2004
from academy.courses.runtime.models import ActivityTree, SharedValue, digest
from academy.courses.sequencing import results, selection, state
from academy.courses.sequencing.definition import Definition
from academy.courses.sequencing.navigation import Request
from academy.courses.sequencing.overall import Outcome, overall_sequencing
from academy.courses.sequencing.tree import Activity, Tree
from academy.db import db, found_or_made

Kind = Literal["objective", "data"]
Values = dict[str, Any]


@dataclass
class Registered:
    """The tree of a registration, and the data that its activities share, as text by name."""

    row: ActivityTree
    outline: Outline
    tree: Tree
    data: dict[str, str]
    _were: dict[Kind, Values] = field(default_factory=dict)

    def ask(self, request: Request) -> Outcome:
        """Carry out a request of the learner, or of content whose session has ended."""
        if request.name == "start" and not self.outline.data_is_global:
            self.data.clear()  # shared within one attempt on the course (RTE 4.3)
        return overall_sequencing(self.tree, request)

    def take(self, written: Mapping[str, str]) -> Request | None:
        """Note what content wrote in its session, and return where it wants to go if it says so.

        What is abandoned leaves nothing behind but the shared data.
        """
        assert self.tree.current is not None
        self._take_data(written)
        request = verdicts2004.request_of(written)
        if request is None or not request.name.startswith("abandon"):
            results.take_report(self.tree, self.tree.current, verdicts2004.report_of(written))
        return request

    def objectives(self, activity: Activity) -> tuple[tuple[str, dict[str, str]], ...]:
        """Return the rows of objectives that content of an activity finds."""
        known = results.objectives_at_launch(self.tree, activity)
        return tuple((identifier, verdicts2004.written_out(values)) for identifier, values in known)

    def buckets(self, activity: Activity) -> tuple[tuple[str, str], ...]:
        """Return the shared data that content of an activity finds; what it may not read is empty."""
        item = self._items[activity.identifier]
        return tuple((one.target, self.data.get(one.target, "") if one.reads else "") for one in item.buckets)

    def _take_data(self, written: Mapping[str, str]) -> None:
        assert self.tree.current is not None
        for number, one in enumerate(self._items[self.tree.current.identifier].buckets):
            text = written.get(f"adl.data.{number}.store")
            if one.writes and text is not None:
                self.data[one.target] = text

    @property
    def _items(self) -> dict[str, Item]:
        return {item.identifier: item for item in outline.leaves(self.outline)}

    def keep(self) -> None:
        """Write what has changed."""
        self.row.state = state.kept(self.tree)
        now: dict[Kind, Values] = {"objective": self.tree.shared, "data": self.data}
        for kind, is_global in _scopes(self.outline).items():
            if not is_global:
                self._keep_own(kind, now[kind])
                continue
            before = self._were.get(kind, {})
            for name, value in now[kind].items():
                if before.get(name) != value:
                    _share(self.row.enrolment, kind, name, value)
        self._were = deepcopy(now)
        db.session.flush()

    def _keep_own(self, kind: Kind, values: Values) -> None:
        if kind == "objective":
            self.row.objectives = deepcopy(values)
        else:
            self.row.data = dict(values)


def registered(enrolment: Enrolment, version: PackageVersion) -> Registered:
    """Return the tree of a registration, begun if it is new; raises ValueError where nothing is sequenced."""
    read = leaves.outline_of(version)
    if read.tree is None:
        raise ValueError(f"{read.standard} has no sequencing")
    row = found_or_made(lambda: _row(enrolment, version), lambda: _new(enrolment, version))
    own: dict[Kind, Values] = {"objective": deepcopy(row.objectives), "data": dict(row.data)}
    held: dict[Kind, Values] = {
        kind: _shared(enrolment, kind, set(_names(read, kind))) if is_global else own[kind]
        for kind, is_global in _scopes(read).items()
    }
    tree = Tree(
        read.tree,
        shared=held["objective"],
        forgets_shared=not read.objectives_are_global,
        chance=SystemRandom(),
    )
    if row.state:
        state.restore(tree, row.state)
    else:
        selection.prepare(tree)
    return Registered(row, read, tree, held["data"], deepcopy(held))


def _scopes(read: Outline) -> dict[Kind, bool]:
    """Say for both kinds whether all courses of a person share them."""
    return {"objective": read.objectives_are_global, "data": read.data_is_global}


def _names(read: Outline, kind: Kind) -> Iterator[str]:
    if kind == "data":
        return (one.target for item in outline.leaves(read) for one in item.buckets)
    assert read.tree is not None
    return _targets(read.tree)


def _targets(told: Definition) -> Iterator[str]:
    for one in told.sequencing.objectives:
        yield from (held.target for held in one.maps)
    for child in told.children:
        yield from _targets(child)


def _row(enrolment: Enrolment, version: PackageVersion) -> ActivityTree | None:
    place = (ActivityTree.enrolment_id == enrolment.id, ActivityTree.version_id == version.id)
    return db.session.scalar(sa.select(ActivityTree).where(*place))


def _new(enrolment: Enrolment, version: PackageVersion) -> ActivityTree:
    return ActivityTree(enrolment=enrolment, version=version, state={}, objectives={}, data={})


def _shared(enrolment: Enrolment, kind: Kind, names: set[str]) -> Values:
    """Return what a person's courses share under these names."""
    if not names:
        return {}
    rows = db.session.execute(
        sa.select(SharedValue.name, SharedValue.value).where(
            SharedValue.person_id == enrolment.person_id, SharedValue.kind == kind
        )
    )
    return {name: value for name, value in rows if name in names}


def _share(enrolment: Enrolment, kind: Kind, name: str, value: Any) -> None:
    place = {"person_id": enrolment.person_id, "kind": kind, "digest": digest(name)}
    row = found_or_made(
        lambda: db.session.get(SharedValue, place),
        lambda: SharedValue(**place, name=name, value=value),
    )
    row.value = deepcopy(value)
