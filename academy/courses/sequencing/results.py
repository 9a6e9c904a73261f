"""What content reported in a session becomes what is known of its activity. (RTE 4, SN 4.2)"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from academy.courses.sequencing.definition import (
    COMPLETION,
    LEAST,
    MEASURE,
    MOST,
    PROGRESS,
    RAW,
    SATISFIED,
)
from academy.courses.sequencing.tree import Activity, Tree, objective
from academy.courses.sequencing.utilities import satisfied, value

Values = Mapping[str, float | bool | None]
ALL = (SATISFIED, MEASURE, RAW, LEAST, MOST, COMPLETION, PROGRESS)


@dataclass(frozen=True, slots=True)
class Report:
    """What content set in a session; None is a value that it set back to unknown.

    `own` is about the whole activity, `objectives` about those with an identifier.
    """

    own: Values = field(default_factory=lambda: MappingProxyType({}))
    objectives: Mapping[str, Values] = field(default_factory=lambda: MappingProxyType({}))
    suspends: bool = False


def take_report(tree: Tree, activity: Activity, report: Report) -> None:
    """Note what content reported; what it says of the whole wins over its primary objective."""
    activity.suspended = report.suspends
    if not activity.rules.tracked:
        return
    for identifier, values in report.objectives.items():
        number = objective(activity.rules, identifier) if identifier else None
        if number is not None:
            _note(activity, number, values)
    _note(activity, 0, report.own)


def objectives_at_launch(tree: Tree, activity: Activity) -> Iterator[tuple[str, Values]]:
    """Go through the objectives that content finds when it is opened, and what is known. (RTE 4.2.17)"""
    for number, told in enumerate(activity.rules.objectives):
        if told.identifier:
            yield told.identifier, known_at_launch(tree, activity, number)


def known_at_launch(tree: Tree, activity: Activity, number: int = 0) -> Values:
    """Return what is known of an objective when content is opened."""
    found = {name: value(tree, activity, number, name) for name in ALL}
    found[SATISFIED] = satisfied(tree, activity, number)
    return {name: one for name, one in found.items() if one is not None}


def _note(activity: Activity, number: int, values: Values) -> None:
    activity.said[number] |= values.keys()
    activity.fresh[number] |= values.keys()
    for name, found in values.items():
        if found is None:
            activity.known[number].pop(name, None)
        else:
            activity.known[number][name] = found
