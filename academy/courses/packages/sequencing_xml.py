"""The sequencing part of a SCORM 2004 manifest. (CAM 5, schemas imsss, adlseq, adlnav, adlcp)

What is wrong is said in `reading.findings` and left out; the rest holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from academy.courses.packages.manifest_xml import Element, Reading
from academy.courses.packages.objectives_xml import identifier_of, objectives_of
from academy.courses.packages.values_xml import Values
from academy.courses.sequencing.definition import (
    Condition,
    Definition,
    RollupRule,
    Rule,
    Sequencing,
)

BEFORE = frozenset({"skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"})
LEAVING = frozenset({"exit"})
AFTER = frozenset({"exitParent", "exitAll", "retry", "retryAll", "continue", "previous"})
ROLLUP = frozenset({"satisfied", "notSatisfied", "completed", "incomplete"})
CHILDREN = frozenset({"all", "any", "none", "atLeastCount", "atLeastPercent"})
TIMINGS = frozenset({"never", "once", "onEachNewAttempt"})
CONDITIONS = frozenset(
    {
        "satisfied",
        "objectiveStatusKnown",
        "objectiveMeasureKnown",
        "objectiveMeasureGreaterThan",
        "objectiveMeasureLessThan",
        "completed",
        "activityProgressKnown",
        "attempted",
        "attemptLimitExceeded",
        "timeLimitExceeded",
        "outsideAvailableTimeRange",
        "always",
    }
)
REQUIRED = {
    "requiredForSatisfied": "satisfied",
    "requiredForNotSatisfied": "notSatisfied",
    "requiredForCompleted": "completed",
    "requiredForIncomplete": "incomplete",
}


def collection_of(reading: Reading) -> dict[str, Element]:
    """Return the named sequencing elements of a manifest, by their identifier. (CAM 5.1.2)"""
    return {
        identifier_of(name): element
        for collection in reading.children(reading.root, "sequencingCollection")
        for element in reading.children(collection, "sequencing")
        if (name := reading.attribute(element, "ID"))
    }


def definition_of(
    reading: Reading,
    element: Element,
    *,
    identifier: str,
    children: Sequence[Definition] = (),
    collection: Mapping[str, Element] = MappingProxyType({}),
) -> Definition:
    """Return the definition of an item or an organization, whose children are known already."""
    item = _Item(reading, element)
    threshold = reading.child(element, "completionThreshold")
    by_measure, least, weight = item.threshold(threshold)
    return Definition(
        identifier=identifier,
        title=reading.text(element, "title") or identifier,
        visible=Values(reading).flag(element, "isvisible", default=True),
        sequencing=item.sequencing(reading.child(element, "sequencing"), collection),
        completed_by_measure=by_measure,
        least_progress=least,
        progress_weight=weight,
        hidden_controls=frozenset(item.hidden_controls()),
        children=tuple(children),
    )


class _Item:
    """Reads the parts of one item."""

    def __init__(self, reading: Reading, element: Element) -> None:
        self._reading, self._element, self._values = reading, element, Values(reading)

    def threshold(self, element: Element | None) -> tuple[bool, float, float]:
        """Return whether a measure completes the item, which one, and its weight for the parent."""
        if element is None:
            return False, 1.0, 1.0
        told = (element.text or "").strip()
        if told and not element.attrib:  # 2nd and 3rd Edition
            return True, self._values.decimal(element, told, default=1.0), 1.0
        least = self._values.number(element, "minProgressMeasure", default=1.0)
        weight = self._values.number(element, "progressWeight", default=1.0)
        return self._values.flag(element, "completedByMeasure", default=False), least, weight

    def hidden_controls(self) -> Iterator[str]:
        """Go through the controls that the LMS hides while the item is open. (4th Edition CAM 5.2)"""
        for presentation in self._reading.children(self._element, "presentation"):
            for interface in self._reading.children(presentation, "navigationInterface"):
                for hidden in self._reading.children(interface, "hideLMSUI"):
                    yield (hidden.text or "").strip()

    def sequencing(self, own: Element | None, collection: Mapping[str, Element]) -> Sequencing:
        """Return the rules of the item; what it does not say itself may stand in the collection."""
        if own is None:
            return Sequencing()
        parts = _Parts(self._reading, own, self._shared(own, collection))
        control, limits = parts.one("controlMode"), parts.one("limitConditions")
        random, delivery = parts.one("randomizationControls"), parts.one("deliveryControls")
        rollup, rules = parts.one("rollupRules"), parts.one("sequencingRules")
        choice = parts.one("constrainedChoiceConsiderations")
        considered = parts.one("rollupConsiderations")
        reorders = self._values.flag(random, "reorderChildren", default=False)
        return Sequencing(
            choice=self._values.flag(control, "choice", default=True),
            choice_exit=self._values.flag(control, "choiceExit", default=True),
            flow=self._values.flag(control, "flow", default=False),
            forward_only=self._values.flag(control, "forwardOnly", default=False),
            uses_current_objectives=self._values.flag(
                control, "useCurrentAttemptObjectiveInfo", default=True
            ),
            uses_current_progress=self._values.flag(control, "useCurrentAttemptProgressInfo", default=True),
            before=tuple(self._rules(rules, "preConditionRule", BEFORE)),
            leaving=tuple(self._rules(rules, "exitConditionRule", LEAVING)),
            after=tuple(self._rules(rules, "postConditionRule", AFTER)),
            attempt_limit=self._values.count(limits, "attemptLimit"),
            duration_limit=self._values.told(limits, "attemptAbsoluteDurationLimit"),
            rollup=tuple(self._rollup_rules(rollup)),
            rolls_up_satisfied=self._values.flag(rollup, "rollupObjectiveSatisfied", default=True),
            rolls_up_completion=self._values.flag(rollup, "rollupProgressCompletion", default=True),
            weight=self._values.number(rollup, "objectiveMeasureWeight", default=1.0),
            required=self._required(considered),
            measures_while_active=self._values.flag(considered, "measureSatisfactionIfActive", default=True),
            objectives=objectives_of(
                self._reading, parts.one("objectives"), parts.one("objectives", adl=True)
            ),
            reorders=self._timing(random, "randomizationTiming") if reorders else "never",
            selects=self._timing(random, "selectionTiming"),
            select_count=self._values.count(random, "selectCount"),
            tracked=self._values.flag(delivery, "tracked", default=True),
            content_completes=self._values.flag(delivery, "completionSetByContent", default=False),
            content_satisfies=self._values.flag(delivery, "objectiveSetByContent", default=False),
            prevents_activation=self._values.flag(choice, "preventActivation", default=False),
            constrains_choice=self._values.flag(choice, "constrainChoice", default=False),
        )

    def _shared(self, own: Element, collection: Mapping[str, Element]) -> Element | None:
        name = self._reading.attribute(own, "IDRef")
        if name is None:
            return None
        found = collection.get(identifier_of(name))
        if found is None:
            self._reading.say("sequencing-missing", own, identifier=name)
        return found

    def _rules(self, group: Element | None, name: str, actions: frozenset[str]) -> Iterator[Rule]:
        for element in self._reading.children(group, name) if group is not None else ():
            conditions = self._reading.child(element, "ruleConditions")
            action = self._values.word(self._reading.child(element, "ruleAction"), "action", actions)
            found = self._conditions(conditions, "ruleCondition")
            if action is not None and found is not None:
                yield Rule(action, found, needs_all=self._combines_all(conditions, default=True))

    def _rollup_rules(self, group: Element | None) -> Iterator[RollupRule]:
        for element in self._reading.children(group, "rollupRule") if group is not None else ():
            conditions = self._reading.child(element, "rollupConditions")
            action = self._values.word(self._reading.child(element, "rollupAction"), "action", ROLLUP)
            children = self._values.word(element, "childActivitySet", CHILDREN, default="all")
            found = self._conditions(conditions, "rollupCondition")
            if action is None or found is None or children is None:
                continue
            name = "minimumPercent" if children == "atLeastPercent" else "minimumCount"
            yield RollupRule(
                action,
                found,
                children=children,
                least=self._values.number(element, name, default=0.0),
                needs_all=self._combines_all(conditions, default=False),
            )

    def _conditions(self, group: Element | None, name: str) -> tuple[Condition, ...] | None:
        """Return the conditions of a rule, None where one of them cannot be read: then no rule is better."""
        found = []
        for element in self._reading.children(group, name) if group is not None else ():
            word = self._values.word(element, "condition", CONDITIONS)
            if word is None:
                return None
            referenced = self._reading.attribute(element, "referencedObjective")
            found.append(
                Condition(
                    word,
                    negated=self._reading.attribute(element, "operator") == "not",
                    objective=identifier_of(referenced) if referenced else None,
                    threshold=self._values.number(element, "measureThreshold", default=0.0),
                )
            )
        return tuple(found)

    def _combines_all(self, conditions: Element | None, *, default: bool) -> bool:
        told = None if conditions is None else self._reading.attribute(conditions, "conditionCombination")
        return default if told is None else told == "all"

    def _required(self, considered: Element | None) -> Mapping[str, str]:
        if considered is None:
            return {}
        told = {action: self._reading.attribute(considered, name) for name, action in REQUIRED.items()}
        return {action: when for action, when in told.items() if when}

    def _timing(self, element: Element | None, name: str) -> str:
        return self._values.word(element, name, TIMINGS, default="never") or "never"


class _Parts:
    """The parts of a sequencing element: its own, else those of the collection's it refers to."""

    def __init__(self, reading: Reading, own: Element, shared: Element | None) -> None:
        self._reading = reading
        self._places = [own] if shared is None else [own, shared]

    def one(self, name: str, *, adl: bool = False) -> Element | None:
        """Return a part by its name; of the two that are called objectives, ADL's where asked for."""
        for place in self._places:
            for found in self._reading.children(place, name):
                if name != "objectives" or ("adlseq" in str(found.tag).lower()) is adl:
                    return found
        return None
