"""Which activity is to be delivered for a request. (SN SB)"""

from collections.abc import Callable
from dataclasses import dataclass

from academy.courses.sequencing.choosing import why_not_chosen
from academy.courses.sequencing.flow import Step, Way, flow
from academy.courses.sequencing.termination import end_attempt, terminate_descendents
from academy.courses.sequencing.tree import Activity, Tree, common


@dataclass(frozen=True, slots=True)
class Found:
    """The activity to deliver; or none, and whether the session ends with that, or why there is none."""

    activity: Activity | None = None
    ends: bool = False
    exception: str | None = None


def sequencing_request(tree: Tree, name: str, target: str | None) -> Found:
    """Find what is to be delivered. (SB.2.12)"""
    if name in _FROM_ANYWHERE:
        return _FROM_ANYWHERE[name](tree, tree.named.get(target or ""))
    if tree.current is None or name not in _FROM_CURRENT:
        return _refused("SB.2.12-1")
    return _FROM_CURRENT[name](tree, tree.current)


def _start(tree: Tree, _: Activity | None) -> Found:
    """Begin at the root; a tree of one leaf begins there, whatever its rules. (SB.2.5)"""
    if tree.current is not None:
        return _refused("SB.2.5-1")
    leaves = list(tree.leaves)
    if len(leaves) == 1:
        return Found(leaves[0])
    return _found(flow(tree, tree.root, Way.FORWARD, into=True))


def _resume_all(tree: Tree, _: Activity | None) -> Found:
    """Go on where everything was suspended. (SB.2.6)"""
    if tree.current is not None:
        return _refused("SB.2.6-1")
    return Found(tree.suspended) if tree.suspended else _refused("SB.2.6-2")


def _onwards(tree: Tree, current: Activity, way: Way) -> Found:
    """Go to the next or the previous activity. (SB.2.7, SB.2.8)"""
    if current.parent is not None and not current.parent.rules.flow:
        return _refused("SB.2.7-2" if way is Way.FORWARD else "SB.2.8-2")
    return _found(flow(tree, current, way, into=False))


def _exit(_: Tree, current: Activity) -> Found:
    """Find nothing; at the root that is the end. (SB.2.11)"""
    return _refused("SB.2.11-2") if current.active else Found(ends=current.parent is None)


def _retry(tree: Tree, current: Activity) -> Found:
    """Begin an activity once more. (SB.2.10)"""
    if current.active or current.suspended:
        return _refused("SB.2.10-2")
    if current.parent is None and tree.forgets_shared:
        tree.shared.clear()
    if current.is_leaf:
        return Found(current)
    return _found(flow(tree, current, Way.FORWARD, into=True))


def _choice(tree: Tree, target: Activity | None) -> Found:
    """Go to an activity that was chosen, or to the first below it. (SB.2.9)"""
    if target is None:
        return _refused("SB.2.9-1")
    exception = why_not_chosen(tree, target)
    if exception:
        return _refused(exception)
    if target.is_leaf:
        return Found(target)
    step = flow(tree, target, Way.FORWARD, into=True)
    if step.activity is not None:
        return Found(step.activity)
    if tree.current is not None:
        top = common(tree.current, target)
        terminate_descendents(tree, top)
        end_attempt(tree, top)
        tree.current = target
    return _refused("SB.2.9-9")


def _jump(tree: Tree, target: Activity | None) -> Found:
    """Go to an activity whatever the rules say. (SB.2.13)"""
    return _refused("SB.2.13-1") if tree.current is None else Found(target)


def _found(step: Step) -> Found:
    return Found(step.activity, step.ends, step.exception)


def _refused(exception: str) -> Found:
    return Found(exception=exception)


_FROM_ANYWHERE: dict[str, Callable[[Tree, Activity | None], Found]] = {
    "start": _start,
    "resumeAll": _resume_all,
    "choice": _choice,
    "jump": _jump,
}
_FROM_CURRENT: dict[str, Callable[[Tree, Activity], Found]] = {
    "continue": lambda tree, current: _onwards(tree, current, Way.FORWARD),
    "previous": lambda tree, current: _onwards(tree, current, Way.BACKWARD),
    "retry": _retry,
    "exit": _exit,
}
