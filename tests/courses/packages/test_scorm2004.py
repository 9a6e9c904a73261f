"""Manifests of SCORM 2004: outline, sequencing, what items share; each fault said and lived with."""

import json

from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import parse
from academy.courses.packages.outline import Bucket, Outline, from_json, leaves, to_json
from academy.courses.packages.scorm2004 import read
from academy.courses.sequencing.definition import Condition, Definition, Map, RollupRule, Rule

SPACES = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" '
    'xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" '
    'xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" '
    'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"'
)
RESOURCES = '<resources><resource identifier="r" adlcp:scormType="sco" href="index.html"/></resources>'


def outline_of(items: str, *, organization: str = "", more: str = "") -> tuple[Outline, list[str]]:
    manifest = (
        f'<manifest identifier="m" {SPACES}><organizations default="o">'
        f'<organization identifier="o" {organization}><title>Course</title>{items}</organization>'
        f"</organizations>{RESOURCES}{more}</manifest>"
    )
    reading = parse(manifest.encode(), file="imsmanifest.xml")
    outline = read(reading, Names(("index.html",)), standard="scorm-2004-4th")
    return outline, [one.code for one in reading.findings]


def item(inner: str = "", identifier: str = "i") -> str:
    return f'<item identifier="{identifier}" identifierref="r"><title>T</title>{inner}</item>'


def tree_of(items: str, **options: str) -> Definition:
    tree = outline_of(items, **options)[0].tree
    assert tree is not None
    return tree


def only(inner: str, **options: str) -> Definition:
    return tree_of(item(inner), **options).children[0]


def sequencing(inner: str, attributes: str = "") -> str:
    return f"<imsss:sequencing {attributes}>{inner}</imsss:sequencing>"


def test_items_become_activities_under_the_organization():
    outline, codes = outline_of(f'<item identifier="c"><title>C</title>{item()}{item(identifier="j")}</item>')

    assert codes == []
    assert [one.identifier for one in leaves(outline)] == ["i", "j"]
    assert outline.tree == Definition(
        "o",
        "Course",
        children=(Definition("c", "C", children=(Definition("i", "T"), Definition("j", "T"))),),
    )
    assert (outline.objectives_are_global, outline.data_is_global) == (True, True)


def test_identifiers_are_compared_without_escapes_and_white_space():
    outline, codes = outline_of(
        '<item identifier=" a%20 b " identifierref=" r "><title>T</title></item>',
        organization='adlseq:objectivesGlobalToSystem="false" adlcp:sharedDataGlobalToSystem="false"',
    )

    assert codes == []
    assert [one.identifier for one in leaves(outline)] == ["a b"]
    assert (outline.objectives_are_global, outline.data_is_global) == (False, False)


def test_an_item_with_items_below_opens_nothing():
    outline, codes = outline_of(f'<item identifier="c" identifierref="r"><title>C</title>{item()}</item>')

    assert codes == ["cluster-with-content"]
    assert [one.identifier for one in leaves(outline)] == ["i"]


def test_rules_conditions_and_limits_are_read():
    found = only(
        sequencing(
            '<imsss:controlMode choice="false" flow="true" forwardOnly="1"/>'
            '<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination="any">'
            '<imsss:ruleCondition condition="satisfied" operator="not" referencedObjective=" goal "/>'
            '<imsss:ruleCondition condition="objectiveMeasureLessThan" measureThreshold="0.5"/>'
            '</imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule>'
            "</imsss:sequencingRules>"
            '<imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT30M"/>'
        )
    ).sequencing

    assert (found.choice, found.flow, found.forward_only, found.choice_exit) == (False, True, True, True)
    assert found.before == (
        Rule(
            "skip",
            (
                Condition("satisfied", negated=True, objective="goal"),
                Condition("objectiveMeasureLessThan", threshold=0.5),
            ),
            needs_all=False,
        ),
    )
    assert (found.attempt_limit, found.duration_limit) == (2, "PT30M")


def test_objectives_are_read_with_the_maps_of_both_schemas():
    found = only(
        sequencing(
            "<imsss:objectives>"
            '<imsss:objective objectiveID="second"/>'
            '<imsss:primaryObjective objectiveID="first" satisfiedByMeasure="true">'
            "<imsss:minNormalizedMeasure>0.8</imsss:minNormalizedMeasure>"
            '<imsss:mapInfo targetObjectiveID="shared" readSatisfiedStatus="false"'
            ' writeNormalizedMeasure="true"/>'
            "</imsss:primaryObjective></imsss:objectives>"
            '<adlseq:objectives><adlseq:objective objectiveID="first">'
            '<adlseq:mapInfo targetObjectiveID="shared" readRawScore="false" writeProgressMeasure="true"/>'
            "</adlseq:objective></adlseq:objectives>"
        )
    ).sequencing.objectives

    assert [one.identifier for one in found] == ["first", "second"]
    assert (found[0].by_measure, found[0].least_measure) == (True, 0.8)
    assert found[0].maps == (
        Map("shared", reads=frozenset({"measure"}), writes=frozenset({"measure"})),
        Map(
            "shared",
            reads=frozenset({"min", "max", "completion", "progress"}),
            writes=frozenset({"progress"}),
        ),
    )


def test_rollup_is_read_with_what_counts():
    found = only(
        sequencing(
            '<imsss:rollupRules rollupObjectiveSatisfied="false" objectiveMeasureWeight="0.5">'
            '<imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.4">'
            "<imsss:rollupConditions>"
            '<imsss:rollupCondition condition="attempted"/></imsss:rollupConditions>'
            '<imsss:rollupAction action="completed"/></imsss:rollupRule></imsss:rollupRules>'
            '<adlseq:rollupConsiderations requiredForCompleted="ifAttempted"'
            ' measureSatisfactionIfActive="false"/>'
        )
    ).sequencing

    assert (found.rolls_up_satisfied, found.rolls_up_completion, found.weight) == (False, True, 0.5)
    assert found.rollup == (
        RollupRule("completed", (Condition("attempted"),), children="atLeastPercent", least=0.4),
    )
    assert (found.required, found.measures_while_active) == ({"completed": "ifAttempted"}, False)


def test_a_collection_serves_what_an_item_does_not_say_itself():
    collection = (
        "<imsss:sequencingCollection>"
        + sequencing(
            '<imsss:controlMode flow="true" choice="false"/><imsss:deliveryControls tracked="false"/>',
            'ID=" common "',
        )
        + "</imsss:sequencingCollection>"
    )
    found = only(sequencing('<imsss:controlMode forwardOnly="true"/>', 'IDRef="common"'), more=collection)

    rules = found.sequencing
    assert (rules.flow, rules.choice, rules.forward_only, rules.tracked) == (False, True, True, False)
    assert outline_of(item(sequencing("", 'IDRef="other"')))[1] == ["sequencing-missing"]


def test_thresholds_of_all_editions():
    text = only("<adlcp:completionThreshold>0.75</adlcp:completionThreshold>")
    marks = only(
        '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.6" progressWeight="0.2"/>'
    )
    off = only('<adlcp:completionThreshold minProgressMeasure="0.6">0.9</adlcp:completionThreshold>')

    assert (text.completed_by_measure, text.least_progress) == (True, 0.75)
    assert (marks.completed_by_measure, marks.least_progress, marks.progress_weight) == (True, 0.6, 0.2)
    assert (off.completed_by_measure, off.least_progress) == (False, 0.6)


def test_hidden_controls_shared_data_and_launch_facts():
    outline, codes = outline_of(
        item(
            "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
            "</adlnav:navigationInterface></adlnav:presentation>"
            '<adlcp:data><adlcp:map targetID="notes" readSharedData="false"/></adlcp:data>'
            "<adlcp:timeLimitAction>exit, message</adlcp:timeLimitAction>"
            "<adlcp:dataFromLMS>a=1</adlcp:dataFromLMS>"
        )
    )
    leaf = leaves(outline)[0]

    assert codes == []
    assert leaf.buckets == (Bucket("notes", reads=False, writes=True),)
    assert (leaf.time_limit_action, leaf.launch_data) == ("exit,message", "a=1")
    assert outline.tree is not None
    assert outline.tree.children[0].hidden_controls == {"continue"}
    assert from_json(json.loads(json.dumps(to_json(outline)))) == outline


def test_words_that_mean_nothing_leave_their_rule_out_and_are_said():
    outline, codes = outline_of(
        item(
            sequencing(
                "<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>"
                '<imsss:ruleCondition condition="sunny"/></imsss:ruleConditions>'
                '<imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>'
                '<imsss:limitConditions attemptLimit="-1"/>'
                '<imsss:rollupRules objectiveMeasureWeight="much"/>'
            )
        )
    )
    assert outline.tree is not None
    rules = outline.tree.children[0].sequencing

    assert codes == ["sequencing-unknown"] * 3
    assert (rules.before, rules.attempt_limit, rules.weight) == ((), None, 1.0)


def test_without_an_organization_one_resource_is_the_course():
    manifest = f'<manifest identifier="m" {SPACES}>{RESOURCES}</manifest>'
    reading = parse(manifest.encode(), file="imsmanifest.xml")
    outline = read(reading, Names(("index.html",)), standard="scorm-2004-3rd")

    assert outline.tree is not None
    assert [one.identifier for one in outline.tree.children] == [one.identifier for one in leaves(outline)]
