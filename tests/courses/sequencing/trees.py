"""Small trees, and learners who walk through them."""

from random import Random

from academy.courses.sequencing.definition import Condition, Definition, Objective, Rule, Sequencing
from academy.courses.sequencing.navigation import Request
from academy.courses.sequencing.overall import overall_sequencing
from academy.courses.sequencing.results import Report, take_report
from academy.courses.sequencing.selection import prepare
from academy.courses.sequencing.tree import Tree

FLOW = {"flow": True}


def leaf(identifier, **rules):
    return Definition(identifier, sequencing=Sequencing(**rules))


def cluster(identifier, *children, **rules):
    return Definition(identifier, sequencing=Sequencing(**{**FLOW, **rules}), children=children)


def rule(action, *names, negated=False, objective=None, needs_all=True):
    return Rule(action, tuple(Condition(name, negated, objective) for name in names), needs_all)


def objective(identifier=None, **told):
    return Objective(identifier, **told)


class Learner:
    """Walks through a tree: asks, opens what is delivered, and reports."""

    def __init__(self, definition, *, shared=None, seed=1, **options):
        self.tree = Tree(definition, shared=shared, chance=Random(seed), **options)
        prepare(self.tree)
        self.last = None

    def ask(self, name, target=None):
        """Return the identifier of what is delivered, else `ended` or the exception."""
        self.last = outcome = overall_sequencing(self.tree, Request(name, target))
        if outcome.delivered:
            return outcome.delivered.identifier
        return "ended" if outcome.ended else outcome.exception

    def report(self, *, suspends=False, objectives=None, **own):
        take_report(self.tree, self.tree.current, Report(own, objectives or {}, suspends))
        return self
