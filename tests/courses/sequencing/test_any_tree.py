"""Whatever the tree and whatever is asked of it: nothing breaks, and what is kept is all there is."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from academy.courses.sequencing import state
from academy.courses.sequencing.definition import Condition, Definition, Map, Objective, Rule, Sequencing
from academy.courses.sequencing.navigation import Request
from academy.courses.sequencing.overall import overall_sequencing
from academy.courses.sequencing.results import Report, take_report
from academy.courses.sequencing.selection import prepare
from academy.courses.sequencing.tree import Tree
from academy.courses.sequencing.validity import controls

ACTIONS = {
    "before": ("skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"),
    "leaving": ("exit",),
    "after": ("exitParent", "exitAll", "retry", "retryAll", "continue", "previous"),
}
CONDITIONS = st.builds(
    Condition,
    st.sampled_from(("satisfied", "completed", "attempted", "objectiveMeasureKnown", "always")),
    st.booleans(),
)
NAMES = (
    "start",
    "resumeAll",
    "continue",
    "previous",
    "exit",
    "exitAll",
    "abandon",
    "abandonAll",
    "suspendAll",
)
VALUES = frozenset({"satisfied", "measure"})


def rules(place):
    one = st.builds(
        Rule, st.sampled_from(ACTIONS[place]), st.lists(CONDITIONS, max_size=2).map(tuple), st.booleans()
    )
    return st.lists(one, max_size=1).map(tuple)


SEQUENCING = st.builds(
    Sequencing,
    choice=st.booleans(),
    choice_exit=st.booleans(),
    flow=st.sampled_from((True, True, False)),
    forward_only=st.booleans(),
    before=rules("before"),
    leaving=rules("leaving"),
    after=rules("after"),
    attempt_limit=st.sampled_from((None, 0, 1, 2)),
    tracked=st.sampled_from((True, True, False)),
    reorders=st.sampled_from(("never", "once", "onEachNewAttempt")),
    selects=st.sampled_from(("never", "onEachNewAttempt")),
    select_count=st.sampled_from((None, 0, 1, 2)),
    prevents_activation=st.booleans(),
    constrains_choice=st.booleans(),
    objectives=st.sampled_from(
        ((Objective(),), (Objective("o", maps=(Map("g", reads=VALUES, writes=VALUES),)),))
    ),
)


@st.composite
def definitions(draw, depth=0):
    count = draw(st.integers(0 if depth else 1, 3)) if depth < 3 else 0
    children = tuple(draw(definitions(depth + 1)) for _ in range(count))
    return Definition("?", sequencing=draw(SEQUENCING), children=children)


def numbered(definition, count):
    mine = f"n{next(count)}"
    children = tuple(numbered(child, count) for child in definition.children)
    return Definition(mine, sequencing=definition.sequencing, children=children)


STEPS = st.lists(
    st.tuples(
        st.sampled_from((*NAMES, "choice", "choice", "jump", "continue", "continue")),
        st.integers(0, 12),
        st.booleans(),
        st.sampled_from((None, True, False)),
    ),
    max_size=12,
)


class Walk:
    """A tree that is used on and on; or made anew after each step from what was kept."""

    def __init__(self, definition, *, is_made_anew):
        self.definition, self.is_made_anew = definition, is_made_anew
        self.tree = Tree(definition, shared={}, chance=Random(1))
        prepare(self.tree)

    def step(self, request, report):
        """Report what content says, ask, and return what can be seen of the answer."""
        tree = self.tree
        if tree.current is not None and tree.current.active:
            take_report(tree, tree.current, report)
        tree = self.made_anew(tree)
        outcome = overall_sequencing(tree, request)
        self.tree = self.made_anew(tree)
        delivered = outcome.delivered and outcome.delivered.identifier
        known = [
            (one.attempts, one.active, one.suspended, one.outdated, one.known, one.said, one.fresh, one.place)
            for one in self.tree.all
        ]
        return delivered, outcome.ended, outcome.exception, controls(self.tree), known, self.tree.shared

    def made_anew(self, tree):
        """Return the tree as the next request finds it."""
        if not self.is_made_anew:
            return tree
        anew = Tree(self.definition, shared=tree.shared, chance=tree.chance)
        state.restore(anew, json.loads(json.dumps(state.kept(tree))))
        return anew


@given(definitions(), STEPS)
def test_any_walk_through_any_tree(definition, steps):
    definition = numbered(definition, iter(range(1000)))
    walk, other = (Walk(definition, is_made_anew=is_anew) for is_anew in (False, True))
    for name, number, suspends, verdict in [("start", 0, False, None), *steps]:
        own = {} if verdict is None else {"satisfied": verdict, "measure": 0.5}
        asked = (Request(name, f"n{number}"), Report(own, suspends=suspends))
        seen = walk.step(*asked)

        tree = walk.tree
        active = [one for one in tree.all if one.active]
        if seen[0]:
            assert tree.current.identifier == seen[0]
            assert tree.current.is_leaf
            assert active == tree.current.path
        if seen[1]:
            assert (tree.current, active) == (None, [])
        assert other.step(*asked) == seen
