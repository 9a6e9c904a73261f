"""What a manifest says of an activity: the sequencing definition model. (SN 3)"""

from collections.abc import Mapping

import msgspec

#: What an objective knows, and what maps carry to and from an objective that activities share.
SATISFIED, MEASURE = "satisfied", "measure"
RAW, LEAST, MOST = "raw", "min", "max"
COMPLETION, PROGRESS = "completion", "progress"

#: For which of these actions a child counts only under a condition (`adlseq:rollupConsiderations`).
ALWAYS, IF_ATTEMPTED, IF_NOT_SKIPPED, IF_NOT_SUSPENDED = (
    "always",
    "ifAttempted",
    "ifNotSkipped",
    "ifNotSuspended",
)


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a manifest tells; as JSON without what it leaves to defaults."""


class Condition(Told, frozen=True, omit_defaults=True):
    """One condition of a rule; `objective` None means the primary one. (SN 3.4.1, 3.7.3)"""

    name: str
    negated: bool = False
    objective: str | None = None
    threshold: float = 0.0


class Rule(Told, frozen=True, omit_defaults=True):
    """If all (or any) conditions hold, then the action. (SN 3.4)"""

    action: str
    conditions: tuple[Condition, ...]
    needs_all: bool = True


class RollupRule(Told, frozen=True, omit_defaults=True):
    """What so many children say of their parent; `least` is a count, or a part of 1. (SN 3.7)"""

    action: str  # satisfied, notSatisfied, completed, incomplete
    conditions: tuple[Condition, ...]
    children: str = "all"  # all, any, none, atLeastCount, atLeastPercent
    least: float = 0.0
    needs_all: bool = False


class Map(Told, frozen=True, omit_defaults=True):
    """Ties an objective to a shared one: which values are read from it, which written to it. (SN 3.10.3)"""

    target: str
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()


class Objective(Told, frozen=True, omit_defaults=True):
    """An objective of an activity; the first one of an activity is its primary one. (SN 3.10)"""

    identifier: str | None = None
    by_measure: bool = False
    least_measure: float = 1.0
    maps: tuple[Map, ...] = ()


class Sequencing(Told, frozen=True, omit_defaults=True):
    """How an activity is sequenced; the defaults are those of the schema. (SN 3)"""

    choice: bool = True
    choice_exit: bool = True
    flow: bool = False
    forward_only: bool = False
    uses_current_objectives: bool = True
    uses_current_progress: bool = True

    before: tuple[Rule, ...] = ()  # preConditionRule
    leaving: tuple[Rule, ...] = ()  # exitConditionRule
    after: tuple[Rule, ...] = ()  # postConditionRule
    attempt_limit: int | None = None
    duration_limit: str | None = None  # never keeps from delivery: content hears of it (cmi.max_time_allowed)

    rollup: tuple[RollupRule, ...] = ()
    rolls_up_satisfied: bool = True
    rolls_up_completion: bool = True
    weight: float = 1.0
    required: Mapping[str, str] = msgspec.field(default_factory=dict)
    measures_while_active: bool = True

    objectives: tuple[Objective, ...] = (Objective(),)

    reorders: str = "never"  # never, once, onEachNewAttempt
    selects: str = "never"
    select_count: int | None = None

    tracked: bool = True
    content_completes: bool = False
    content_satisfies: bool = False

    prevents_activation: bool = False
    constrains_choice: bool = False


class Definition(Told, frozen=True, omit_defaults=True):
    """An activity of the tree, with those below it."""

    identifier: str
    title: str = ""
    visible: bool = True
    sequencing: Sequencing = Sequencing()
    completed_by_measure: bool = False
    least_progress: float = 1.0
    progress_weight: float = 1.0
    hidden_controls: frozenset[str] = frozenset()
    children: tuple["Definition", ...] = ()
