"""From a request to what is delivered. (SN OP.1)"""

from dataclasses import dataclass

from academy.courses.sequencing.delivery import deliver, why_not_delivered
from academy.courses.sequencing.navigation import Request, navigation_request
from academy.courses.sequencing.sequencing import sequencing_request
from academy.courses.sequencing.termination import end_attempt, termination_request
from academy.courses.sequencing.tree import Activity, Tree


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a request: an activity to open; or that the session is over; or why nothing changes."""

    delivered: Activity | None = None
    ended: bool = False
    exception: str | None = None


def overall_sequencing(tree: Tree, request: Request) -> Outcome:
    """Carry out a navigation request. (OP.1)"""
    meaning = navigation_request(tree, request)
    wanted, exception = meaning.sequencing, meaning.exception
    if meaning.termination:
        wanted, exception = termination_request(tree, meaning.termination, wanted)
    if exception or wanted is None:
        return Outcome(exception=exception)
    found = sequencing_request(tree, wanted, request.target)
    if found.ends:
        return _ended(tree)
    return Outcome(exception=found.exception) if found.activity is None else _delivered(tree, found.activity)


def _delivered(tree: Tree, activity: Activity) -> Outcome:
    exception = why_not_delivered(tree, activity)
    if exception:
        return Outcome(exception=exception)
    deliver(tree, activity)
    return Outcome(delivered=activity)


def _ended(tree: Tree) -> Outcome:
    """End the session: nothing is current, and all attempts are over but those that were suspended."""
    if tree.suspended is None and tree.current is not None:
        for one in reversed(tree.current.path):
            if one.active:
                end_attempt(tree, one)
    tree.current = None
    return Outcome(ended=True)
