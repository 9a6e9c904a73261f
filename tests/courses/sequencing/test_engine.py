"""What the sequencing engine decides, each by a small tree."""

import pytest

from academy.courses.sequencing.definition import Condition, Map, RollupRule
from academy.courses.sequencing.results import objectives_at_launch
from academy.courses.sequencing.utilities import completed, measure, satisfied
from academy.courses.sequencing.validity import controls
from tests.courses.sequencing.trees import Learner, cluster, leaf, objective, rule


def three(**rules):
    return cluster("root", leaf("a"), leaf("b"), leaf("c"), **rules)


def test_a_flow_goes_from_leaf_to_leaf_and_ends_behind_the_last():
    learner = Learner(cluster("root", cluster("x", leaf("a"), leaf("b")), leaf("c")))

    assert [learner.ask(name) for name in ("start", "continue", "continue", "previous")] == list("abcb")
    assert [learner.ask("continue"), learner.ask("continue")] == ["c", "ended"]
    assert learner.tree.current is None


def test_what_is_not_possible_says_why_and_changes_nothing():
    learner = Learner(three())

    assert learner.ask("continue") == "NB.2.1-2"
    learner.ask("start")
    assert learner.ask("previous") == "SB.2.1-3"
    assert learner.ask("choice", "nowhere") == "NB.2.1-11"
    assert learner.ask("dance") == "NB.2.1-13"
    assert learner.tree.current.identifier == "a"


def test_a_skipped_activity_is_passed_and_a_disabled_one_stops():
    learner = Learner(
        cluster(
            "root",
            leaf("a"),
            leaf("b", before=(rule("skip", "always"),)),
            leaf("c"),
            leaf("d", before=(rule("disabled", "always"),)),
        )
    )

    assert [learner.ask("start"), learner.ask("continue")] == ["a", "c"]
    assert learner.ask("continue") == "SB.2.2-2"
    assert learner.ask("choice", "b") == "b"  # a skip does not bar a choice


def test_choice_heeds_the_parent_hidden_items_and_the_way_out():
    learner = Learner(
        cluster(
            "root",
            cluster(
                "x", leaf("a"), leaf("b", before=(rule("hiddenFromChoice", "always"),)), choice_exit=False
            ),
            cluster("y", leaf("c"), choice=False),
        )
    )

    assert learner.ask("choice", "b") == "SB.2.9-3"
    assert learner.ask("choice", "c") == "NB.2.1-10"
    assert learner.ask("choice", "a") == "a"
    assert learner.ask("choice", "y") == "NB.2.1-8"
    assert controls(learner.tree).choices == {"x", "a"}


def test_prevented_clusters_are_entered_by_flow_alone():
    learner = Learner(
        cluster(
            "root", leaf("a"), cluster("x", leaf("b"), prevents_activation=True), prevents_activation=True
        )
    )
    learner.ask("start")

    assert learner.ask("choice", "b") == "SB.2.9-6"
    assert learner.ask("continue") == "b"


def test_constrained_choice_reaches_the_neighbours():
    learner = Learner(
        cluster("root", *(cluster(f"x{n}", leaf(f"a{n}"), constrains_choice=True) for n in range(4)))
    )
    learner.ask("start")

    assert learner.ask("choice", "a2") == "SB.2.9-8"
    assert learner.ask("choice", "a1") == "a1"


def test_a_leaf_constrains_no_choice():
    learner = Learner(cluster("root", leaf("a", constrains_choice=True), leaf("b"), leaf("c")))

    assert [learner.ask("start"), learner.ask("choice", "c")] == ["a", "c"]
    learner = Learner(cluster("root", cluster("x", leaf("a", constrains_choice=True)), leaf("b"), leaf("c")))
    assert [learner.ask("start"), learner.ask("choice", "c")] == ["a", "c"]


def test_backwards_into_a_forward_only_cluster_begins_at_its_first():
    learner = Learner(cluster("root", cluster("x", leaf("a"), leaf("b"), forward_only=True), leaf("c")))

    assert [learner.ask(name) for name in ("start", "continue", "continue", "previous")] == list("abca")
    assert learner.ask("continue") == "b"
    assert learner.ask("previous") == "NB.2.1-5"


def test_attempts_are_limited():
    learner = Learner(cluster("root", leaf("a", attempt_limit=1), leaf("b")))

    assert [learner.ask(name) for name in ("start", "continue", "previous")] == ["a", "b", "SB.2.2-2"]


def test_after_an_attempt_a_rule_repeats_it_until_it_is_satisfied():
    again = (rule("retry", "satisfied", negated=True),)
    learner = Learner(cluster("root", leaf("a", after=again, content_satisfies=True), leaf("b")))
    learner.ask("start")

    assert learner.report(satisfied=False).ask("continue") == "a"
    assert learner.report(satisfied=True).ask("continue") == "b"


def test_a_condition_on_what_is_unknown_never_holds_whichever_way():
    for negated in (False, True):
        skip = (rule("skip", "satisfied", negated=negated),)
        learner = Learner(cluster("root", leaf("a", before=skip), leaf("b")))

        assert learner.ask("start") == "a"


def test_retry_all_begins_the_course_once_more():
    learner = Learner(cluster("root", leaf("a"), leaf("b", after=(rule("retryAll", "always"),)), leaf("c")))

    assert [learner.ask(name) for name in ("start", "continue", "continue")] == ["a", "b", "a"]
    assert learner.tree.root.attempts == 2


def test_a_cluster_is_left_when_its_exit_rule_holds():
    learner = Learner(
        cluster(
            "root",
            cluster("x", leaf("a"), leaf("b"), leaf("c"), leaving=(rule("exit", "satisfied"),), rollup=ANY),
            leaf("d"),
        )
    )
    learner.ask("start")

    assert learner.report(satisfied=True).ask("continue") == "d"


ANY = (RollupRule("satisfied", (Condition("satisfied"),), children="any"),)


def test_who_suspends_everything_goes_on_in_the_same_attempt():
    learner = Learner(three())
    learner.ask("start")
    learner.ask("continue")

    assert learner.report(suspends=True).ask("suspendAll") == "ended"
    assert learner.ask("resumeAll") == "b"
    assert [one.attempts for one in learner.tree.all] == [1, 1, 1, 0]


def test_who_ends_the_course_begins_anew_whatever_was_suspended():
    learner = Learner(cluster("root", cluster("x", leaf("a")), leaf("b")))
    learner.ask("start")
    learner.report(suspends=True).ask("continue")
    assert learner.tree.named["a"].suspended

    assert [learner.ask("exitAll"), learner.ask("start")] == ["ended", "a"]
    assert learner.tree.named["a"].attempts == 2


def test_what_is_abandoned_is_not_completed():
    learner = Learner(three())
    learner.ask("start")
    learner.ask("abandonAll")

    assert completed(learner.tree, learner.tree.named["a"]) is None


def test_content_that_says_nothing_is_completed_and_satisfied_unless_it_would_say_so():
    learner = Learner(cluster("root", leaf("a"), leaf("b", content_completes=True), leaf("c")))
    learner.ask("start")
    learner.ask("continue")
    learner.ask("continue")
    learner.report(satisfied=None).ask("exitAll")
    tree = learner.tree

    assert [completed(tree, tree.named[name]) for name in "abc"] == [True, None, True]
    assert [satisfied(tree, tree.named[name]) for name in "abc"] == [True, True, None]


@pytest.mark.parametrize(
    ("scores", "expected"), [((1.0, 0.5), 0.5), ((1.0, None), 1 / 3), ((None, None), None)]
)
def test_the_measure_of_a_cluster_is_weighed_by_all_children(scores, expected):
    learner = Learner(
        cluster(
            "root", leaf("a", weight=1), leaf("b", weight=1), leaf("c", weight=1), leaf("d", tracked=False)
        )
    )
    for step, score in zip(("start", "continue"), scores, strict=True):
        learner.ask(step)
        learner.report(**({} if score is None else {"measure": score}))
    learner.ask("exitAll")

    assert measure(learner.tree, learner.tree.root) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("rollup", "expected"),
    [
        ((), False),
        ((RollupRule("satisfied", (Condition("satisfied"),), children="any"),), True),
        ((RollupRule("satisfied", (Condition("satisfied"),), children="none"),), None),
        ((RollupRule("satisfied", (Condition("satisfied"),), children="atLeastCount", least=2),), None),
        ((RollupRule("satisfied", (Condition("satisfied"),), children="atLeastPercent", least=0.5),), True),
        ((RollupRule("notSatisfied", (Condition("satisfied", negated=True),), children="any"),), False),
    ],
)
def test_rules_say_when_a_cluster_is_satisfied(rollup, expected):
    learner = Learner(cluster("root", leaf("a"), leaf("b"), rollup=rollup))
    learner.ask("start")
    learner.report(satisfied=True).ask("continue")
    learner.report(satisfied=False).ask("exitAll")

    assert satisfied(learner.tree, learner.tree.root) is expected


def test_a_shared_objective_opens_another_activity_and_is_seen_by_it():
    shared = frozenset({"satisfied", "measure"})
    learner = Learner(
        cluster(
            "root",
            leaf("test", objectives=(objective("own", maps=(Map("goal", writes=shared),)),)),
            leaf(
                "lesson",
                before=(rule("skip", "satisfied"),),
                objectives=(objective("goal here", maps=(Map("goal", reads=shared),)),),
            ),
            leaf("end"),
        )
    )
    learner.ask("start")

    assert learner.report(satisfied=False, measure=0.25).ask("continue") == "lesson"
    assert list(objectives_at_launch(learner.tree, learner.tree.current)) == [
        ("goal here", {"satisfied": False, "measure": 0.25})
    ]
    learner.ask("previous")
    assert learner.report(satisfied=True).ask("continue") == "end"


def test_what_a_measure_decides_content_cannot():
    by_measure = (objective(by_measure=True, least_measure=0.8),)
    learner = Learner(cluster("root", leaf("a", objectives=by_measure), leaf("b")))
    learner.ask("start")
    learner.report(satisfied=True, measure=0.7).ask("continue")

    assert satisfied(learner.tree, learner.tree.named["a"]) is False


def test_a_new_attempt_of_a_cluster_forgets_for_rollup_what_its_children_had():
    learner = Learner(cluster("root", cluster("x", leaf("a"), leaf("b")), leaf("c")))
    learner.ask("start")
    learner.ask("continue")
    learner.ask("continue")
    tree, x = learner.tree, learner.tree.named["x"]
    assert satisfied(tree, x) is True

    learner.ask("choice", "a")
    learner.ask("exit")
    assert satisfied(tree, x) is None
    assert satisfied(tree, tree.named["b"]) is True


def test_children_are_chosen_and_ordered_by_chance_and_stay_so():
    many = [leaf(f"a{number}") for number in range(20)]
    learner = Learner(cluster("root", *many, selects="once", select_count=5, reorders="once"), seed=3)
    seen = [learner.ask("start"), *(learner.ask("continue") for _ in range(5))]

    assert seen[-1] == "ended"
    assert len(set(seen)) == 6
    assert seen[:-1] != sorted(seen[:-1], key=lambda name: int(name[1:]))
    assert [learner.ask("start"), *(learner.ask("continue") for _ in range(5))] == seen


def test_a_tree_of_one_leaf_starts_whatever_its_rules():
    assert Learner(cluster("root", leaf("a"), flow=False)).ask("start") == "a"
    assert Learner(cluster("root", leaf("a"), leaf("b"), flow=False)).ask("start") == "SB.2.2-1"
