"""Contexts (xAPI 1.0.3 Data 2.4.6), with the agent and group lists that 2.0 adds."""

from academy.xapi import formats
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.validation import actor, shapes
from academy.xapi.validation.activity import activity, statement_reference

CONTEXT = "xAPI 1.0.3 Data 2.4.6"
CONTEXT_ACTIVITIES = "xAPI 1.0.3 Data 2.4.6.2"
CONTEXT_AGENTS = "xAPI 2.0 4.2.2 Context Agents"
CONTEXT_GROUPS = "xAPI 2.0 4.2.2 Context Groups"


def context(value: object) -> None:
    """Demand a context of xAPI 1.0.3."""
    shapes.properties(value, _RULES, CONTEXT)


def context_of_2_0(value: object) -> None:
    """Demand a context of xAPI 2.0."""
    shapes.properties(value, _RULES_OF_2_0, CONTEXT)


def check_object(members: Json) -> None:
    """Demand that revision and platform stand only beside an activity (Data 2.4.6)."""
    found, target = members.get("context"), members.get("object")
    if not isinstance(found, dict) or not isinstance(target, dict):
        return
    if target.get("objectType", "Activity") == "Activity":
        return
    for name in ("revision", "platform"):
        if name in found:
            reason = "may only stand where the object is an activity"
            raise StatementInvalid(reason, clause=CONTEXT, path=("context", name))


def _activities(value: object) -> None:
    if isinstance(value, dict):
        activity(value)
    else:
        _list_of_activities(value)


def _context_activities(value: object) -> None:
    shapes.properties(value, _CONTEXT_ACTIVITIES_RULES, CONTEXT_ACTIVITIES)


def _context_agent(value: object) -> None:
    shapes.properties(value, _CONTEXT_AGENT_RULES, CONTEXT_AGENTS, required=("objectType", "agent"))


def _context_group(value: object) -> None:
    shapes.properties(value, _CONTEXT_GROUP_RULES, CONTEXT_GROUPS, required=("objectType", "group"))


_list_of_activities = shapes.array_of(activity, CONTEXT_ACTIVITIES)
_CONTEXT_ACTIVITIES_RULES: dict[str, shapes.Rule] = dict.fromkeys(
    ("parent", "grouping", "category", "other"), _activities
)
_CONTEXT_AGENT_RULES: dict[str, shapes.Rule] = {
    "objectType": shapes.one_of(("contextAgent",), CONTEXT_AGENTS),
    "agent": actor.agent,
    "relevantTypes": shapes.array_of(shapes.iri, CONTEXT_AGENTS, at_least=1),
}
_CONTEXT_GROUP_RULES: dict[str, shapes.Rule] = {
    "objectType": shapes.one_of(("contextGroup",), CONTEXT_GROUPS),
    "group": actor.group,
    "relevantTypes": shapes.array_of(shapes.iri, CONTEXT_GROUPS, at_least=1),
}
_RULES: dict[str, shapes.Rule] = {
    "registration": shapes.uuid,
    "instructor": actor.agent_or_group,
    "team": actor.group,
    "contextActivities": _context_activities,
    "revision": shapes.string,
    "platform": shapes.string,
    "language": shapes.formatted(formats.is_language_tag, "a language tag", CONTEXT),
    "statement": statement_reference,
    "extensions": shapes.extensions,
}
_RULES_OF_2_0: dict[str, shapes.Rule] = {
    **_RULES,
    "contextAgents": shapes.array_of(_context_agent, CONTEXT_AGENTS),
    "contextGroups": shapes.array_of(_context_group, CONTEXT_GROUPS),
}
