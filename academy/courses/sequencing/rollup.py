"""What is known of children says what is known of their parent. (SN RB)"""

from collections.abc import Iterable, Iterator, Sequence

from academy.courses.sequencing.definition import (
    ALWAYS,
    COMPLETION,
    IF_ATTEMPTED,
    IF_NOT_SKIPPED,
    IF_NOT_SUSPENDED,
    MEASURE,
    PROGRESS,
    SATISFIED,
    Condition,
    RollupRule,
)
from academy.courses.sequencing.tree import Activity, Tree
from academy.courses.sequencing.utilities import (
    Verdict,
    completed,
    holds,
    is_skipped,
    measure,
    value,
)

#: What tells of children as they are now, and is unknown of those that were attempted before their parent.
_OF_ATTEMPTS = frozenset({"completed", "activityProgressKnown"})
_OF_OBJECTIVES = frozenset({"satisfied", "objectiveStatusKnown", "objectiveMeasureKnown"})

#: What holds where there are no rules: first that all is known, then that all is well.
_NOT_SATISFIED = (RollupRule("notSatisfied", (Condition("objectiveStatusKnown"),)),)
_SATISFIED = (RollupRule("satisfied", (Condition("satisfied"),)),)
_INCOMPLETE = (RollupRule("incomplete", (Condition("activityProgressKnown"),)),)
_COMPLETED = (RollupRule("completed", (Condition("completed"),)),)


def overall_rollup(tree: Tree, changed: Iterable[Activity]) -> None:
    """Roll up to the root, from activities and from readers of a shared objective that changes. (RB.1.5)"""
    waiting = {above.position: above for one in changed for above in one.path[:-1]}
    done: set[int] = set()
    while waiting:
        parent = waiting.pop(max(waiting))  # what lies deeper has a higher position
        done.add(parent.position)
        _roll_up(tree, parent)
        for reader in write_maps(tree, parent):
            fresh = {above.position: above for above in reader.path[:-1] if above.position not in done}
            waiting.update(fresh)


def write_maps(tree: Tree, activity: Activity) -> set[Activity]:
    """Write what has become known of an activity to the shared objectives, also that it is unknown again.

    Returns who reads a shared objective that has changed.
    """
    changed: set[str] = set()
    for number, told in enumerate(activity.rules.objectives):
        fresh = _with_derived(activity, number)
        for one in told.maps:
            for name in one.writes & fresh:
                shared, found = tree.shared.setdefault(one.target, {}), _written(tree, activity, number, name)
                if shared.get(name) != found:
                    shared[name] = found
                    changed.add(one.target)
        activity.fresh[number].clear()
    return {reader for target in changed for reader in tree.readers.get(target, ()) if reader is not activity}


def _with_derived(activity: Activity, number: int) -> set[str]:
    """Return the names of what is fresh, and of what follows from it by measure."""
    fresh = set(activity.fresh[number])
    if MEASURE in fresh and activity.rules.objectives[number].by_measure:
        fresh.add(SATISFIED)
    if PROGRESS in fresh and number == 0 and activity.told.completed_by_measure:
        fresh.add(COMPLETION)
    return fresh


def _written(tree: Tree, activity: Activity, number: int, name: str) -> float | bool | None:
    if name == SATISFIED and activity.rules.objectives[number].by_measure:
        found = activity.known[number].get(MEASURE)
        return None if found is None else bool(found >= activity.rules.objectives[number].least_measure)
    if name == COMPLETION and number == 0 and activity.told.completed_by_measure:
        progress = activity.known[0].get(PROGRESS)
        return completed(tree, activity) if progress is None else progress >= activity.told.least_progress
    return activity.known[number].get(name)


def _roll_up(tree: Tree, parent: Activity) -> None:
    if not parent.rules.tracked:
        return
    primary, children = parent.known[0], parent.available
    primary[MEASURE] = _measure_rollup(tree, children)
    primary[PROGRESS] = _progress_measure_rollup(tree, children)
    if not parent.rules.objectives[0].by_measure:
        _objective_rollup(tree, parent)
    if not parent.told.completed_by_measure:
        _activity_progress_rollup(tree, parent)
    parent.fresh[0].update((MEASURE, PROGRESS, SATISFIED, COMPLETION))


def _measure_rollup(tree: Tree, children: Sequence[Activity]) -> float | None:
    """Return the mean of the known measures by the weights of all children. (RB.1.1)"""
    return _mean(
        (None if _is_outdated(child, _OF_OBJECTIVES) else measure(tree, child), child.rules.weight)
        for child in children
        if child.rules.tracked
    )


def _progress_measure_rollup(tree: Tree, children: Sequence[Activity]) -> float | None:
    """Return the mean of the known progress measures by the weights of all children. (RB.1.1 b)"""
    return _mean(
        (
            None if _is_outdated(child, _OF_ATTEMPTS) else value(tree, child, 0, PROGRESS),
            child.told.progress_weight,
        )
        for child in children
        if child.rules.tracked
    )


def _mean(pairs: Iterable[tuple[float | None, float]]) -> float | None:
    total = weights = 0.0
    is_known = False
    for found, weight in pairs:
        weights += weight
        if found is not None:
            total += found * weight
            is_known = True
    return total / weights if is_known and weights > 0 else None


def _objective_rollup(tree: Tree, parent: Activity) -> None:
    """Satisfied or not, by rules; where there are none, by all children. (RB.1.2 b)"""
    has_rules = any(rule.action in ("satisfied", "notSatisfied") for rule in parent.rules.rollup)
    if _applies(tree, parent, "notSatisfied", parent.rules.rollup if has_rules else _NOT_SATISFIED):
        parent.known[0][SATISFIED] = False
    if _applies(tree, parent, "satisfied", parent.rules.rollup if has_rules else _SATISFIED):
        parent.known[0][SATISFIED] = True


def _activity_progress_rollup(tree: Tree, parent: Activity) -> None:
    """Completed or not, by rules; where there are none, by all children. (RB.1.3)"""
    has_rules = any(rule.action in ("completed", "incomplete") for rule in parent.rules.rollup)
    if _applies(tree, parent, "incomplete", parent.rules.rollup if has_rules else _INCOMPLETE):
        parent.known[0][COMPLETION] = False
    if _applies(tree, parent, "completed", parent.rules.rollup if has_rules else _COMPLETED):
        parent.known[0][COMPLETION] = True


def _applies(tree: Tree, parent: Activity, action: str, rules: Iterable[RollupRule]) -> bool:
    """Say whether a rule with this action applies to the children that count for it. (RB.1.4)"""
    wanted = [rule for rule in rules if rule.action == action]
    if not wanted:
        return False
    counted = [child for child in parent.available if _counts(tree, child, action)]
    return any(_is_met(rule, (_verdict(tree, child, rule) for child in counted)) for rule in wanted)


def _is_met(rule: RollupRule, verdicts: Iterator[Verdict]) -> bool:
    """Say whether so many children meet the conditions as the rule wants; nobody is all of nobody."""
    match rule.children:
        case "all":
            return all(verdict is True for verdict in verdicts)
        case "any":
            return any(verdict is True for verdict in verdicts)
        case "none":
            return all(verdict is False for verdict in verdicts)
    all_of_them = list(verdicts)
    met = sum(verdict is True for verdict in all_of_them)
    if rule.children == "atLeastCount":
        return met >= rule.least
    return bool(all_of_them) and met / len(all_of_them) >= rule.least


def _verdict(tree: Tree, child: Activity, rule: RollupRule) -> Verdict:
    """Evaluate the conditions of a rule for a child, in three values. (RB.1.4.1)"""
    found = [_holds(tree, child, condition) for condition in rule.conditions]
    if len(found) == 1:
        return found[0]
    decisive = not rule.needs_all
    if decisive in found:
        return decisive
    return None if None in found or not found else not decisive


def _holds(tree: Tree, child: Activity, condition: Condition) -> Verdict:
    if child.outdated and _is_outdated(child, frozenset({condition.name})):
        return None
    return holds(tree, child, condition)


def _is_outdated(child: Activity, names: frozenset[str]) -> bool:
    """Say whether what these conditions tell of a child belongs to an attempt of its parent that is over."""
    if not child.outdated or child.parent is None:
        return False
    rules = child.parent.rules
    if names <= _OF_OBJECTIVES:
        return rules.uses_current_objectives
    return names <= _OF_ATTEMPTS and rules.uses_current_progress


def _counts(tree: Tree, child: Activity, action: str) -> bool:
    """Say whether a child counts for an action of its parent. (RB.1.4.2)"""
    rules = child.rules
    is_of_objective = action in ("satisfied", "notSatisfied")
    if not rules.tracked or not (rules.rolls_up_satisfied if is_of_objective else rules.rolls_up_completion):
        return False
    required = rules.required.get(action, ALWAYS) if rules.required else ALWAYS
    if required == IF_ATTEMPTED:
        return child.attempts > 0
    if required == IF_NOT_SUSPENDED:
        return child.attempts > 0 and not child.suspended
    return required != IF_NOT_SKIPPED or not is_skipped(tree, child)
