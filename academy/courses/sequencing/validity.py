"""Which requests are possible now: what controls the player shows, and what content hears. (RTE 4.4, SN 5)"""

from dataclasses import dataclass

from academy.courses.sequencing.choosing import why_not_chosen
from academy.courses.sequencing.flow import Way, flow
from academy.courses.sequencing.navigation import Request, navigation_request
from academy.courses.sequencing.tree import Activity, Tree
from academy.courses.sequencing.utilities import is_barred


@dataclass(frozen=True, slots=True)
class Controls:
    """What the learner can do: go on, go back, and the identifiers of what can be chosen."""

    can_continue: bool
    can_go_back: bool
    choices: frozenset[str]


def controls(tree: Tree) -> Controls:
    """Return what the learner can do now."""
    hidden = frozenset() if tree.current is None else tree.current.told.hidden_controls
    return Controls(
        can_continue="continue" not in hidden and _is_possible(tree, "continue"),
        can_go_back="previous" not in hidden and _leads_back(tree),
        choices=frozenset(one.identifier for one in tree.all if can_be_chosen(tree, one)),
    )


def can_be_chosen(tree: Tree, activity: Activity) -> bool:
    """Say whether an activity can be chosen now."""
    meaning = navigation_request(tree, Request("choice", activity.identifier))
    if meaning.exception or why_not_chosen(tree, activity):
        return False
    if any(is_barred(tree, one) for one in activity.path):
        return False
    return activity.is_leaf or flow(tree, activity, Way.FORWARD, into=True).activity is not None


def _leads_back(tree: Tree) -> bool:
    if tree.current is None or not _is_possible(tree, "previous"):
        return False
    return flow(tree, tree.current, Way.BACKWARD, into=False).activity is not None


def _is_possible(tree: Tree, name: str) -> bool:
    return navigation_request(tree, Request(name)).exception is None
