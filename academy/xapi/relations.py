"""Which agents and activities a statement names, and in which parts; pure."""

from collections.abc import Iterator
from enum import IntFlag

from academy.xapi import json_text
from academy.xapi.json_text import Json


class AgentUsage(IntFlag):
    """Where a statement names an agent; a group's members count with the group."""

    ACTOR = 1
    OBJECT = 2
    AUTHORITY = 4
    INSTRUCTOR = 8
    TEAM = 16
    CONTEXT = 32
    SUB_ACTOR = 64
    SUB_OBJECT = 128
    SUB_CONTEXT = 256


class ActivityUsage(IntFlag):
    """Where a statement names an activity."""

    OBJECT = 1
    PARENT = 2
    GROUPING = 4
    CATEGORY = 8
    OTHER = 16
    SUB_OBJECT = 32
    SUB_CONTEXT = 64


#: What the plain `agent` and `activity` parameters look at (1.0.3 Communication 2.1.3).
DIRECT_AGENT = AgentUsage.ACTOR | AgentUsage.OBJECT
DIRECT_ACTIVITY = ActivityUsage.OBJECT

CONTEXT_ACTIVITIES = {
    "parent": ActivityUsage.PARENT,
    "grouping": ActivityUsage.GROUPING,
    "category": ActivityUsage.CATEGORY,
    "other": ActivityUsage.OTHER,
}


def identity(actor: Json) -> str | None:
    """Return the identifier of an agent or group as one canonical text, None for an anonymous group.

    The domain of an e-mail address is compared without regard to case.
    """
    if "mbox" in actor:
        local, _, domain = str(actor["mbox"]).rpartition("@")
        return _text({"mbox": f"{local}@{domain.lower()}"})
    if "mbox_sha1sum" in actor:
        return _text({"mbox_sha1sum": str(actor["mbox_sha1sum"]).lower()})
    if "openid" in actor:
        return _text({"openid": actor["openid"]})
    account = actor.get("account")
    if isinstance(account, dict):
        parts = {"homePage": account["homePage"], "name": account["name"]}
        return _text({"account": parts})
    return None


def agents_of(statement: Json) -> Iterator[tuple[Json, AgentUsage]]:
    """Go through all identified agents and groups of a statement, with the part that names each."""
    yield from _identified(statement.get("actor"), AgentUsage.ACTOR)
    yield from _identified(statement.get("authority"), AgentUsage.AUTHORITY)
    for actor, usage in _agents_of_context(statement):
        yield from _identified(actor, usage)
    target = _object(statement)
    kind = target.get("objectType")
    if kind in {"Agent", "Group"}:
        yield from _identified(target, AgentUsage.OBJECT)
    elif kind == "SubStatement":
        yield from _identified(target.get("actor"), AgentUsage.SUB_ACTOR)
        for actor, _ in _agents_of_context(target):
            yield from _identified(actor, AgentUsage.SUB_CONTEXT)
        inner = _object(target)
        if inner.get("objectType") in {"Agent", "Group"}:
            yield from _identified(inner, AgentUsage.SUB_OBJECT)


def activities_of(statement: Json) -> Iterator[tuple[Json, ActivityUsage]]:
    """Go through all activities of a statement, with the part that names each."""
    target = _object(statement)
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target, ActivityUsage.OBJECT
    elif kind == "SubStatement":
        inner = _object(target)
        if inner.get("objectType", "Activity") == "Activity":
            yield inner, ActivityUsage.SUB_OBJECT
        for activity, _ in _activities_of_context(target):
            yield activity, ActivityUsage.SUB_CONTEXT
    yield from _activities_of_context(statement)


def _text(identifier: Json) -> str:
    return json_text.encode(identifier).decode()


def verbs_of(statement: Json) -> Iterator[Json]:
    """Go through the verb of a statement and that of its SubStatement."""
    for part in (statement, _object(statement)):
        verb = part.get("verb")
        if isinstance(verb, dict):
            yield verb


def _identified(actor: object, usage: AgentUsage) -> Iterator[tuple[Json, AgentUsage]]:
    if not isinstance(actor, dict):
        return
    if identity(actor) is not None:
        yield actor, usage
    members = actor.get("member")
    if isinstance(members, list):
        for member in members:
            yield member, usage


def _agents_of_context(statement: Json) -> Iterator[tuple[object, AgentUsage]]:
    context = statement.get("context")
    if not isinstance(context, dict):
        return
    yield context.get("instructor"), AgentUsage.INSTRUCTOR
    yield context.get("team"), AgentUsage.TEAM
    for name, held in (("contextAgents", "agent"), ("contextGroups", "group")):
        for item in context.get(name, ()):
            yield item[held], AgentUsage.CONTEXT


def _activities_of_context(statement: Json) -> Iterator[tuple[Json, ActivityUsage]]:
    context = statement.get("context")
    lists = context.get("contextActivities") if isinstance(context, dict) else None
    if not isinstance(lists, dict):
        return
    for name, activities in lists.items():
        for activity in activities:
            yield activity, CONTEXT_ACTIVITIES[name]


def _object(statement: Json) -> Json:
    target = statement["object"]
    assert isinstance(target, dict)
    return target
