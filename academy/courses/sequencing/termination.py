"""How the present attempt ends, and what its rules make of it. (SN TB, UP.3, UP.4)"""

from academy.courses.sequencing.definition import COMPLETION, SATISFIED
from academy.courses.sequencing.rollup import overall_rollup, write_maps
from academy.courses.sequencing.selection import renew
from academy.courses.sequencing.tree import Activity, Tree, below, common
from academy.courses.sequencing.utilities import action, completed, satisfied

_RETRY, _EXIT = "retry", "exit"


def termination_request(tree: Tree, name: str, sequencing: str | None) -> tuple[str | None, str | None]:
    """End the attempt as asked. (TB.2.3)

    Returns the sequencing request that follows, which rules may have replaced, and the exception if any.
    """
    current = tree.current
    if current is None:
        return None, "TB.2.3-1"
    if name in ("exit", "abandon") and not current.active:
        return None, "TB.2.3-2"
    match name:
        case "exit":
            return _exit(tree, current, sequencing)
        case "exitAll":
            return _exit_all(tree, sequencing), None
        case "suspendAll":
            return _suspend_all(tree, current)
    _abandon(tree, current, all_of_it=name == "abandonAll")
    return _EXIT, None


def end_attempt(tree: Tree, activity: Activity) -> None:
    """End the attempt on an activity; content that said nothing is completed and satisfied. (UP.4)"""
    rules = activity.rules
    readers: set[Activity] = set()
    if activity.is_leaf:
        if rules.tracked and not activity.suspended:
            _assume(tree, activity)
        if rules.tracked:
            readers = write_maps(tree, activity)
    else:
        activity.suspended = any(child.suspended for child in activity.children)
    activity.active = False
    if activity.children and not activity.suspended:
        renew(tree, activity)
    overall_rollup(tree, [activity, *activity.available[:1], *readers])


def terminate_descendents(tree: Tree, activity: Activity) -> None:
    """End the attempts between the current activity and another one, without these two. (UP.3)"""
    assert tree.current is not None
    for one in list(below(tree.current, common(tree.current, activity)))[1:]:
        end_attempt(tree, one)


def _assume(tree: Tree, activity: Activity) -> None:
    """Take an activity whose content says nothing for completed and satisfied. (UP.4, 1.1.1)"""
    rules = activity.rules
    for name, is_up_to_content, known in (
        (COMPLETION, rules.content_completes, completed(tree, activity)),
        (SATISFIED, rules.content_satisfies, satisfied(tree, activity)),
    ):
        if known is None and not is_up_to_content and name not in activity.said[0]:
            activity.known[0][name] = True
            activity.fresh[0].add(name)


def _exit(tree: Tree, current: Activity, sequencing: str | None) -> tuple[str | None, str | None]:
    end_attempt(tree, current)
    current = _exit_action_rules(tree, current)
    while True:
        termination, wanted = _post_condition_rules(tree, current)
        sequencing = wanted or sequencing
        if termination == "exitAll":
            return _exit_all(tree, sequencing), None
        if termination != "exitParent":
            break
        if current.parent is None:
            return None, "TB.2.3-4"
        current = tree.current = current.parent
        end_attempt(tree, current)
    if current.parent is None and sequencing != _RETRY:
        return _EXIT, None
    return sequencing, None


def _exit_all(tree: Tree, sequencing: str | None) -> str:
    assert tree.current is not None
    if tree.current.active:
        end_attempt(tree, tree.current)
    for one in tree.all:
        one.suspended = False
    terminate_descendents(tree, tree.root)
    if tree.current is not tree.root:
        end_attempt(tree, tree.root)
    tree.current = tree.root
    return _RETRY if sequencing == _RETRY else _EXIT


def _abandon(tree: Tree, current: Activity, *, all_of_it: bool) -> None:
    for one in current.path if all_of_it else [current]:
        one.active = False
    if all_of_it:
        tree.current = tree.root


def _suspend_all(tree: Tree, current: Activity) -> tuple[str | None, str | None]:
    if current.active or current.suspended:
        overall_rollup(tree, [current])
        tree.suspended = current
    elif current.parent is not None:
        tree.suspended = current.parent
    else:
        return None, "TB.2.3-3"
    for one in tree.suspended.path:
        one.active, one.suspended = False, True
    tree.current = tree.root
    return _EXIT, None


def _exit_action_rules(tree: Tree, current: Activity) -> Activity:
    """End the attempt of the highest activity above whose rule says so. (TB.2.1)"""
    for one in current.path[:-1]:
        if action(tree, one, one.rules.leaving, ("exit",)):
            terminate_descendents(tree, one)
            end_attempt(tree, one)
            tree.current = one
            return one
    return current


def _post_condition_rules(tree: Tree, activity: Activity) -> tuple[str | None, str | None]:
    """Return the termination and the sequencing request of the rules after an attempt. (TB.2.2)"""
    if activity.suspended:
        return None, None
    names = ("exitParent", "exitAll", "retry", "retryAll", "continue", "previous")
    found = action(tree, activity, activity.rules.after, names)
    match found:
        case "exitParent" | "exitAll":
            return found, None
        case "retryAll":
            return "exitAll", _RETRY
    return None, found
