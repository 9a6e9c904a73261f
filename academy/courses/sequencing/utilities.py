"""What the other processes ask: values and conditions of an activity, rules, limits, ends. (SN UP)"""

from collections.abc import Callable, Iterable, Sequence

from academy.courses.sequencing.definition import (
    COMPLETION,
    LEAST,
    MEASURE,
    MOST,
    PROGRESS,
    RAW,
    SATISFIED,
    Condition,
    Rule,
)
from academy.courses.sequencing.tree import Activity, Tree, objective

#: A map that reads these hides what the activity itself knows, even while the shared one is unknown.
_HIDDEN_BY_MAP = frozenset({SATISFIED, MEASURE, RAW, LEAST, MOST})

Verdict = bool | None


def value(tree: Tree, activity: Activity, number: int, name: str) -> float | bool | None:
    """Return a value of an objective of an activity: read from the shared one where a map says so."""
    for one in activity.rules.objectives[number].maps:
        if name in one.reads:
            found: float | bool | None = tree.shared.get(one.target, {}).get(name)
            if found is not None or name in _HIDDEN_BY_MAP:
                return found
    return activity.known[number].get(name)


def satisfied(tree: Tree, activity: Activity, number: int = 0) -> Verdict:
    """Say whether an objective is satisfied: by its measure where the definition says so. (SN 4.2.1.2)"""
    told = activity.rules.objectives[number]
    if not told.by_measure:
        return _verdict(value(tree, activity, number, SATISFIED))
    measure = value(tree, activity, number, MEASURE)
    if measure is None or (activity.active and not activity.rules.measures_while_active):
        return None
    return measure >= told.least_measure


def measure(tree: Tree, activity: Activity, number: int = 0) -> float | None:
    """Return the normalized measure of an objective."""
    return value(tree, activity, number, MEASURE)


def completed(tree: Tree, activity: Activity) -> Verdict:
    """Say whether the attempt is completed: by its progress measure where the definition says so."""
    if activity.told.completed_by_measure:
        progress = value(tree, activity, 0, PROGRESS)
        return None if progress is None else progress >= activity.told.least_progress
    return _verdict(value(tree, activity, 0, COMPLETION))


def holds(tree: Tree, activity: Activity, condition: Condition) -> Verdict:
    """Evaluate a condition of a rule for an activity: true, false or unknown. (UP.2.1)"""
    found = _evaluated(tree, activity, condition)
    return found if found is None or not condition.negated else not found


def fires(tree: Tree, activity: Activity, rule: Rule) -> bool:
    """Say whether a rule applies: all or any of its conditions are true. (UP.2.1)"""
    combined = all if rule.needs_all else any
    verdicts = (holds(tree, activity, condition) is True for condition in rule.conditions)
    return bool(rule.conditions) and combined(verdicts)


def action(tree: Tree, activity: Activity, rules: Sequence[Rule], names: Iterable[str]) -> str | None:
    """Return the action of the first rule with one of these actions that applies. (UP.2)"""
    if not rules:
        return None
    wanted = frozenset(names)
    return next(
        (rule.action for rule in rules if rule.action in wanted and fires(tree, activity, rule)), None
    )


def is_skipped(tree: Tree, activity: Activity) -> bool:
    """Say whether a rule has the activity skipped."""
    return action(tree, activity, activity.rules.before, ("skip",)) is not None


def is_hidden(tree: Tree, activity: Activity) -> bool:
    """Say whether a rule hides the activity from choice."""
    return action(tree, activity, activity.rules.before, ("hiddenFromChoice",)) is not None


def stops_forward(tree: Tree, activity: Activity) -> bool:
    """Say whether a rule stops traversal forward at the activity."""
    return action(tree, activity, activity.rules.before, ("stopForwardTraversal",)) is not None


def is_barred(tree: Tree, activity: Activity) -> bool:
    """Say whether an activity cannot be attempted: disabled, or its attempts are used up. (UP.5)"""
    if action(tree, activity, activity.rules.before, ("disabled",)) is not None:
        return True
    return not (activity.active or activity.suspended) and limit_is_reached(activity)


def limit_is_reached(activity: Activity) -> bool:
    """Say whether an activity has been attempted as often as it may. (UP.1)"""
    limit = activity.rules.attempt_limit
    return activity.rules.tracked and limit is not None and activity.attempts >= limit


def _evaluated(tree: Tree, activity: Activity, condition: Condition) -> Verdict:
    if condition.name == "always":
        return True
    if not activity.rules.tracked:  # nothing is seen of it
        return None
    number = objective(activity.rules, condition.objective)
    if number is None:
        return None
    evaluate = _CONDITIONS.get(condition.name)
    return None if evaluate is None else evaluate(tree, activity, number, condition.threshold)


def _above(tree: Tree, activity: Activity, number: int, threshold: float) -> Verdict:
    found = measure(tree, activity, number)
    return None if found is None else found > threshold


def _under(tree: Tree, activity: Activity, number: int, threshold: float) -> Verdict:
    found = measure(tree, activity, number)
    return None if found is None else found < threshold


#: Conditions on time are not asked of an LMS (SN 3.6); they stay unknown.
_CONDITIONS: dict[str, Callable[[Tree, Activity, int, float], Verdict]] = {
    "satisfied": lambda tree, activity, number, _: satisfied(tree, activity, number),
    "objectiveStatusKnown": lambda tree, activity, number, _: satisfied(tree, activity, number) is not None,
    "objectiveMeasureKnown": lambda tree, activity, number, _: measure(tree, activity, number) is not None,
    "objectiveMeasureGreaterThan": _above,
    "objectiveMeasureLessThan": _under,
    "completed": lambda tree, activity, *_: completed(tree, activity),
    "activityProgressKnown": lambda tree, activity, *_: completed(tree, activity) is not None,
    "attempted": lambda tree, activity, *_: activity.attempts > 0,
    "attemptLimitExceeded": lambda tree, activity, *_: limit_is_reached(activity),
}


def _verdict(found: float | bool | None) -> Verdict:
    return None if found is None else bool(found)
