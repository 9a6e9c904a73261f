"""Is what the learner or the content asks for possible, and what does it mean? (SN NB)"""

from dataclasses import dataclass

from academy.courses.sequencing.tree import Activity, Tree, below, common


@dataclass(frozen=True, slots=True)
class Request:
    """A navigation request; `target` is the identifier of an activity for choice and jump."""

    name: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a request means: how the attempt ends, and what is looked for; or why it is not possible."""

    termination: str | None = None
    sequencing: str | None = None
    exception: str | None = None


def navigation_request(tree: Tree, request: Request) -> Meaning:
    """Return what a request means. (NB.2.1)"""
    match request.name:
        case "start":
            return _refused("NB.2.1-1") if tree.current else Meaning(sequencing="start")
        case "resumeAll":
            if tree.current:
                return _refused("NB.2.1-1")
            return Meaning(sequencing="resumeAll") if tree.suspended else _refused("NB.2.1-3")
        case "choice":
            return _choice(tree, request.target)
        case "jump":
            return _jump(tree, request.target)
        case _:
            return _refused("NB.2.1-2") if tree.current is None else _of_current(tree.current, request.name)


def _of_current(current: Activity, name: str) -> Meaning:
    parent, ending = current.parent, "exit" if current.active else None
    match name:
        case "continue":
            if parent is None or not parent.rules.flow:
                return _refused("NB.2.1-4")
            return Meaning(ending, "continue")
        case "previous":
            if parent is None or not parent.rules.flow or parent.rules.forward_only:
                return _refused("NB.2.1-5")
            return Meaning(ending, "previous")
        case "exit" | "abandon":
            return Meaning(name, "exit") if current.active else _refused("NB.2.1-12")
        case "exitAll" | "abandonAll" | "suspendAll":
            return Meaning(name, "exit")
    return _refused("NB.2.1-13")


def _choice(tree: Tree, identifier: str | None) -> Meaning:
    target = tree.named.get(identifier or "")
    if target is None:
        return _refused("NB.2.1-11")
    if target.parent is not None and not target.parent.rules.choice:
        return _refused("NB.2.1-10")
    current = tree.current
    if current is None:
        return Meaning(sequencing="choice")
    leaving = below(current, common(current, target))
    if any(one.active and not one.rules.choice_exit for one in leaving):
        return _refused("NB.2.1-8")
    return Meaning("exit" if current.active else None, "choice")


def _jump(tree: Tree, identifier: str | None) -> Meaning:
    target = tree.named.get(identifier or "")
    if tree.current is None:
        return _refused("NB.2.1-2")
    if target is None or target.place is None:
        return _refused("NB.2.1-11")
    return Meaning("exit" if tree.current.active else None, "jump")


def _refused(exception: str) -> Meaning:
    return Meaning(exception=exception)
