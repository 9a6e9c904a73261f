"""May the learner go to an activity by choice? (SN SB.2.4, SB.2.9)"""

from academy.courses.sequencing.tree import Activity, Tree, below, common
from academy.courses.sequencing.utilities import is_hidden, stops_forward


def why_not_chosen(tree: Tree, target: Activity) -> str | None:
    """Return the exception that keeps a target from being chosen, None where it can be. (SB.2.9, 1 to 10)"""
    current = tree.current
    if exception := _out_of_reach(tree, target):
        return exception
    if current is target:
        return None
    if current is None:
        return _down(tree, tree.root, target)
    top = common(current, target)
    if top is target:
        return _out(current, top)
    if current.parent is target.parent and current is not top:
        return _along(tree, current, target)
    return _out(current, top) or _constrained(tree, current, target, top) or _down(tree, top, target)


def _out_of_reach(tree: Tree, target: Activity) -> str | None:
    """Say whether a target cannot be chosen from anywhere. (SB.2.9, 1 to 4)"""
    for one in target.path:
        if one.parent is not None and one.place is None:
            return "SB.2.9-2"
        if is_hidden(tree, one):
            return "SB.2.9-3"
    is_closed = target.parent is not None and not target.parent.rules.choice
    return "SB.2.9-4" if is_closed else None


def _along(tree: Tree, current: Activity, target: Activity) -> str | None:
    """Walk over the siblings between two. (SB.2.9, 8)"""
    parent, here, there = current.parent, current.place, target.place
    assert parent is not None
    if here is None or there is None or there < here:
        return "SB.2.4-2" if parent.rules.forward_only else None
    return _first_stop(tree, parent.available[here:there])


def _out(current: Activity, top: Activity) -> str | None:
    """Leave the activities below a common one. (SB.2.9, 10 to 12)"""
    leaving = below(current, top)
    return "SB.2.9-7" if any(one.active and not one.rules.choice_exit for one in leaving) else None


def _down(tree: Tree, top: Activity, target: Activity) -> str | None:
    """Go down to a target from an activity that contains it. (SB.2.9, 9 and 11)"""
    way = list(below(target, top))[::-1]
    is_forward = tree.current is None or tree.current.position <= target.position
    if is_forward and (stop := _first_stop(tree, [top, *way[:-1]])):
        return stop
    barred = (one for one in way[:-1] if not one.active and one.rules.prevents_activation)
    return "SB.2.9-6" if any(barred) else None


def _first_stop(tree: Tree, passed: list[Activity]) -> str | None:
    """Say whether a walk forward stops at one of the activities that it passes. (SB.2.4)"""
    return "SB.2.4-1" if any(one.stops and stops_forward(tree, one) for one in passed) else None


def _constrained(tree: Tree, current: Activity, target: Activity, top: Activity) -> str | None:
    """Keep to the neighbours where an activity that is left says so. (SB.2.9.1, SB.2.9.2)"""
    clusters = (one for one in below(current, top) if one is not current)
    held = next((one for one in clusters if one.rules.constrains_choice), None)
    if held is None:
        return None
    allowed = _neighbour(held, is_forward=target.position > current.position)
    if allowed is None:
        return "SB.2.9-8"
    return None if allowed.contains(target) or target is held else "SB.2.9-8"


def _neighbour(activity: Activity, *, is_forward: bool) -> Activity | None:
    """Return the activity beside another one, also beside those above where it is the last. (SB.2.9.2)"""
    while activity.parent is not None:
        siblings = activity.parent.available
        number = (activity.place or 0) + (1 if is_forward else -1)
        if 0 <= number < len(siblings):
            return siblings[number]
        activity = activity.parent
    return None
