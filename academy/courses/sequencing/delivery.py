"""Begin the attempt on the activity that was found. (SN DB)"""

from academy.courses.sequencing.termination import terminate_descendents
from academy.courses.sequencing.tree import Activity, Tree, below, common
from academy.courses.sequencing.utilities import is_barred


def why_not_delivered(tree: Tree, activity: Activity) -> str | None:
    """Return the exception that keeps an activity from delivery, None where nothing does. (DB.1.1)"""
    if not activity.is_leaf:
        return "DB.1.1-1"
    return "DB.1.1-3" if any(is_barred(tree, one) for one in activity.path) else None


def deliver(tree: Tree, activity: Activity) -> None:
    """Make an activity the current one: new attempts, or suspended ones that go on, on its path. (DB.2)"""
    if tree.suspended is not None and tree.suspended is not activity:
        _clear_suspended(tree.suspended, activity)
    if tree.current is not None:
        terminate_descendents(tree, activity)
    for one in activity.path:
        if not one.active:
            _begin(one)
    tree.current, tree.suspended = activity, None


def _begin(activity: Activity) -> None:
    activity.active, activity.outdated = True, False
    if activity.suspended:
        activity.suspended = False
        return
    activity.attempts += 1
    activity.known = [{} for _ in activity.known]
    activity.said = [set() for _ in activity.known]
    activity.fresh = [set() for _ in activity.known]
    for child in activity.children:
        child.outdated = child.attempts > 0


def _clear_suspended(suspended: Activity, activity: Activity) -> None:
    """Let what was suspended elsewhere go. (DB.2.1)"""
    for one in below(suspended, common(suspended, activity)):
        one.suspended = any(child.suspended for child in one.children)
