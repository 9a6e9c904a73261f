"""The tree of activities in use: what is known of each, and which is current. (SN 4.2)"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from academy.courses.sequencing.definition import Definition, Objective, Sequencing

Known = dict[str, Any]  # values of an objective that are known, by their names in `definition`


class Activity:
    """An activity: its definition, and what is known of the present attempt."""

    __slots__ = (
        "active",
        "attempts",
        "available",
        "children",
        "depth",
        "fresh",
        "hidden_controls",
        "identifier",
        "known",
        "last",
        "outdated",
        "parent",
        "place",
        "position",
        "rules",
        "said",
        "stops",
        "suspended",
        "told",
    )

    def __init__(self, told: Definition, parent: Activity | None, position: int) -> None:
        """Stand at a position of the tree in the order of the document; nothing is known yet."""
        self.told, self.parent, self.position = told, parent, position
        self.identifier, self.rules = told.identifier, told.sequencing
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.last = position  # the last position below this activity
        self.children: list[Activity] = []
        self.available: list[Activity] = self.children
        self.place: int | None = None  # among the available children of the parent
        self.stops = any(rule.action == "stopForwardTraversal" for rule in told.sequencing.before)
        self.attempts = 0
        self.active = self.suspended = False
        self.outdated = False  # known from before the present attempt of the parent: rollup does not see it
        self.known: list[Known] = [{} for _ in self.rules.objectives]
        self.said: list[set[str]] = [set() for _ in self.known]  # what content set, even to unknown
        self.fresh: list[set[str]] = [set() for _ in self.known]  # what maps have not written yet

    @property
    def is_leaf(self) -> bool:
        """Say whether content can be delivered here."""
        return not self.told.children

    @property
    def path(self) -> list[Activity]:
        """Return the activities from the root to this one."""
        found: list[Activity] = []
        one: Activity | None = self
        while one is not None:
            found.append(one)
            one = one.parent
        return found[::-1]

    def contains(self, other: Activity) -> bool:
        """Say whether another activity is this one or below it."""
        return self.position <= other.position <= self.last


class Tree:
    """All activities of a registration, the current and the suspended one, and the shared objectives."""

    def __init__(
        self,
        told: Definition,
        *,
        shared: dict[str, Known] | None = None,
        forgets_shared: bool = False,
        chance: Random,
    ) -> None:
        """Make the tree of a definition, of which nothing is known yet; `chance` orders and selects.

        `forgets_shared` says that the shared objectives are this tree's own, and begin anew with it.
        """
        self.all: list[Activity] = []
        self.root = self._grow(told, None)
        self.named = {activity.identifier: activity for activity in self.all}
        self.shared: dict[str, Known] = {} if shared is None else shared
        self.forgets_shared = forgets_shared
        self.readers = _readers(self.all)
        self.current: Activity | None = None
        self.suspended: Activity | None = None
        self.chance = chance

    def _grow(self, told: Definition, parent: Activity | None) -> Activity:
        activity = Activity(told, parent, len(self.all))
        self.all.append(activity)
        activity.children.extend(self._grow(child, activity) for child in told.children)
        arrange(activity, activity.children)
        activity.last = len(self.all) - 1
        return activity

    @property
    def leaves(self) -> Iterator[Activity]:
        """Go through the activities that can be delivered."""
        return (activity for activity in self.all if activity.is_leaf)


def arrange(parent: Activity, available: list[Activity]) -> None:
    """Have these children take part, in this order."""
    for child in parent.children:
        child.place = None
    for place, child in enumerate(available):
        child.place = place
    parent.available = available


def common(one: Activity, other: Activity) -> Activity:
    """Return the nearest activity that contains both."""
    found = one
    while not found.contains(other):
        assert found.parent is not None
        found = found.parent
    return found


def below(activity: Activity, top: Activity) -> Iterator[Activity]:
    """Go upwards from an activity to the one before `top`, which contains it."""
    while activity is not top:
        yield activity
        assert activity.parent is not None
        activity = activity.parent


def objective(rules: Sequencing, identifier: str | None) -> int | None:
    """Return the number of an objective, of the primary one without identifier; None where there is none."""
    if identifier is None:
        return 0
    named = (number for number, one in enumerate(rules.objectives) if one.identifier == identifier)
    return next(named, None)


def _readers(activities: list[Activity]) -> dict[str, list[Activity]]:
    """Find who reads a shared objective, for rollup begins there too when it changes."""
    found: dict[str, list[Activity]] = {}
    for activity in activities:
        for target in {one.target for held in activity.rules.objectives for one in _reading(held)}:
            found.setdefault(target, []).append(activity)
    return found


def _reading(held: Objective) -> Iterator[Any]:
    return (one for one in held.maps if one.reads)
