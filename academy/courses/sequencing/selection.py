"""Which children take part in an attempt, and in which order. (SN SR)"""

from academy.courses.sequencing.tree import Activity, Tree, arrange

_ONCE, _EACH = "once", "onEachNewAttempt"


def prepare(tree: Tree) -> None:
    """Choose and order the children of the whole tree before it is used at all. (SR.1, SR.2)"""
    for activity in tree.all:
        if activity.children:
            _choose(tree, activity, {_ONCE, _EACH})


def renew(tree: Tree, activity: Activity) -> None:
    """Choose and order the children anew for the next attempt of an activity whose attempt has ended."""
    _choose(tree, activity, {_EACH})


def _choose(tree: Tree, activity: Activity, timings: set[str]) -> None:
    rules = activity.rules
    if rules.select_count is not None and rules.selects in timings:
        count = min(rules.select_count, len(activity.children))
        chosen = tree.chance.sample(range(len(activity.children)), count)
        arrange(activity, [activity.children[number] for number in sorted(chosen)])
    if rules.reorders in timings:
        arrange(activity, tree.chance.sample(activity.available, len(activity.available)))
