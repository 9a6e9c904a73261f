"""Walking through the tree from one activity to the next that can be delivered. (SN SB.2.1 to SB.2.3)"""

from dataclasses import dataclass
from enum import Enum

from academy.courses.sequencing.tree import Activity, Tree
from academy.courses.sequencing.utilities import is_barred, is_skipped


class Way(Enum):
    """In which direction the tree is walked."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class Step:
    """The next activity and the direction from there on, or why there is none.

    `ends` says that the walk went past the last activity, which ends the session.
    """

    activity: Activity | None
    way: Way = Way.FORWARD
    exception: str | None = None
    ends: bool = False


def flow(tree: Tree, start: Activity, way: Way, *, into: bool) -> Step:
    """Find the first activity from a start that can be delivered; `into` its children first. (SB.2.3)"""
    candidate = flow_tree_traversal(start, way, into=into)
    if candidate.activity is None:
        return candidate
    return _flow_activity_traversal(tree, candidate.activity, candidate.way, turned=False)


def flow_tree_traversal(activity: Activity, way: Way, *, into: bool, turned: bool = False) -> Step:
    """Take one step through the tree. (SB.2.1)

    `turned` says that a walk backwards turned forward in a cluster that is walked forward only: where that
    ends, the walk goes on backwards before the cluster.
    """
    parent = activity.parent
    turns_back = turned and way is Way.FORWARD and parent is not None and parent.available[-1:] == [activity]
    if into and activity.children:
        return _into(activity, way)
    if parent is None:
        return Step(None, ends=True) if way is Way.FORWARD else Step(None, exception="SB.2.1-3")
    if turns_back:
        return flow_tree_traversal(parent, Way.BACKWARD, into=False)
    if way is Way.BACKWARD and parent.rules.forward_only:
        return Step(None, exception="SB.2.1-4")
    return _beside(parent, activity, way)


def _into(activity: Activity, way: Way) -> Step:
    if not activity.available:
        return Step(None, exception="SB.2.1-2")
    if way is Way.BACKWARD and not activity.rules.forward_only:
        return Step(activity.available[-1], way)
    return Step(activity.available[0], Way.FORWARD)


def _beside(parent: Activity, activity: Activity, way: Way) -> Step:
    if activity.place is None:
        return Step(None, exception="SB.2.1-2")
    number = activity.place + (1 if way is Way.FORWARD else -1)
    if 0 <= number < len(parent.available):
        return Step(parent.available[number], way)
    return flow_tree_traversal(parent, way, into=False)


def _flow_activity_traversal(tree: Tree, activity: Activity, way: Way, *, turned: bool) -> Step:
    """Go on until an activity can be delivered: skipped ones are passed, clusters entered. (SB.2.2)"""
    while True:
        if activity.parent is not None and not activity.parent.rules.flow:
            return Step(None, exception="SB.2.2-1")
        if is_skipped(tree, activity):
            step = flow_tree_traversal(activity, way, into=False, turned=turned)
            turned = turned and step.way is Way.FORWARD
        elif is_barred(tree, activity):
            return Step(None, exception="SB.2.2-2")
        elif activity.is_leaf:
            return Step(activity, way)
        else:
            step = flow_tree_traversal(activity, way, into=True)
            turned = way is Way.BACKWARD and step.way is Way.FORWARD
        if step.activity is None:
            return step
        activity, way = step.activity, step.way
