"""What is kept of a tree between requests: only what differs from a tree of which nothing is known."""

from collections.abc import Callable, Mapping
from typing import Any

from academy.courses.sequencing.tree import Activity, Tree, arrange

State = dict[str, Any]

_FLAGS = ("attempts", "active", "suspended", "outdated")
_NAMES = ("said", "fresh")  # names of values, for each objective


def kept(tree: Tree) -> State:
    """Return the state of a tree as JSON; the shared objectives, which may be others' too, are not in it."""
    activities = {activity.identifier: _kept(activity) for activity in tree.all}
    return {
        "current": tree.current.identifier if tree.current else None,
        "suspended": tree.suspended.identifier if tree.suspended else None,
        "activities": {identifier: state for identifier, state in activities.items() if state},
    }


def restore(tree: Tree, state: Mapping[str, Any]) -> None:
    """Bring a fresh tree of the same definition to a state that was kept.

    What it says of activities that the definition does not have is left aside.
    """
    tree.current = tree.named.get(state.get("current") or "")
    tree.suspended = tree.named.get(state.get("suspended") or "")
    for identifier, told in state.get("activities", {}).items():
        activity = tree.named.get(identifier)
        if activity is not None:
            _restore(tree, activity, told)


def _kept(activity: Activity) -> State:
    state: State = {name: found for name in _FLAGS if (found := getattr(activity, name))}
    known = {str(number): values for number, values in enumerate(activity.known) if values}
    if known:
        state["known"] = known
    for name in _NAMES:
        found = {str(number): sorted(names) for number, names in enumerate(getattr(activity, name)) if names}
        if found:
            state[name] = found
    if activity.available is not activity.children:
        state["available"] = [child.identifier for child in activity.available]
    return state


def _restore(tree: Tree, activity: Activity, told: Mapping[str, Any]) -> None:
    for name in _FLAGS:
        if name in told:
            setattr(activity, name, told[name])
    _fill(activity.known, told.get("known", {}), dict)
    for name in _NAMES:
        _fill(getattr(activity, name), told.get(name, {}), set)
    if "available" in told:
        chosen = (tree.named.get(identifier) for identifier in told["available"])
        arrange(activity, [child for child in chosen if child is not None and child.parent is activity])


def _fill(held: list[Any], told: Mapping[str, Any], made: Callable[[Any], Any]) -> None:
    """Put in what is kept of each objective; of those that there are."""
    for number, values in told.items():
        if int(number) < len(held):
            held[int(number)] = made(values)
