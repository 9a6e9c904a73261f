"""The three formats of statements in answers (xAPI 1.0.3 Communication 2.1.3); pure.

`exact` is the stored text; `ids` keeps what identifies; `canonical` shows definitions and words as the store
knows them, in one language for each map.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from academy.xapi.json_text import Json

IDENTIFYING = ("objectType", "mbox", "mbox_sha1sum", "openid", "account")
CONTEXT_LISTS = (("contextAgents", "agent"), ("contextGroups", "group"))
COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")

Change = Callable[[Json], Json]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done to each actor, verb and activity of a statement."""

    actor: Change
    verb: Change
    activity: Change


def reduced(statement: Json) -> Json:
    """Return the statement in the format `ids`."""
    return _changed(statement, Changes(_reduced_actor, _reduced_verb, _reduced_activity))


def canonical(
    statement: Json,
    *,
    definitions: Mapping[str, Json],
    displays: Mapping[str, Json],
    languages: list[str],
) -> Json:
    """Return the statement in the format `canonical`: definitions by activity IRI, displays by verb IRI."""

    def verb(value: Json) -> Json:
        display = displays.get(str(value["id"])) or value.get("display")
        return {**value, "display": one_language(display, languages)} if isinstance(display, dict) else value

    def activity(value: Json) -> Json:
        definition = definitions.get(str(value["id"])) or value.get("definition")
        if not isinstance(definition, dict):
            return value
        return {**value, "definition": one_language_each(definition, languages)}

    return _changed(statement, Changes(lambda actor: actor, verb, activity))


def one_language_each(definition: Json, languages: list[str]) -> Json:
    """Return an activity definition with one language in each of its language maps."""
    found = dict(definition)
    for name in ("name", "description"):
        value = found.get(name)
        if isinstance(value, dict):
            found[name] = one_language(value, languages)
    for name in COMPONENT_LISTS:
        components = found.get(name)
        if isinstance(components, list):
            found[name] = [_component(component, languages) for component in components]
    return found


def one_language(texts: Json, languages: list[str]) -> Json:
    """Return the entry of a language map that suits best; `languages` are tags, the preferred first."""
    by_lower = {tag.lower(): tag for tag in texts}
    for wanted in languages:
        tag = by_lower.get(wanted.lower()) or _related(by_lower, wanted.lower())
        if tag is not None:
            return {tag: texts[tag]}
    return dict(list(texts.items())[:1])


def _related(by_lower: Mapping[str, str], wanted: str) -> str | None:
    """Find `en-GB` for `en`, then `en` for `en-US`."""
    narrower = next((tag for lower, tag in by_lower.items() if lower.startswith(f"{wanted}-")), None)
    return narrower or by_lower.get(wanted.partition("-")[0])


def _component(component: Json, languages: list[str]) -> Json:
    description = component.get("description")
    if not isinstance(description, dict):
        return component
    return {**component, "description": one_language(description, languages)}


def _changed(statement: Json, changes: Changes) -> Json:
    found = dict(statement)
    for name, change in (("actor", changes.actor), ("authority", changes.actor), ("verb", changes.verb)):
        value = found.get(name)
        if isinstance(value, dict):
            found[name] = change(value)
    target = found["object"]
    assert isinstance(target, dict)
    found["object"] = _changed_object(target, changes)
    context = found.get("context")
    if isinstance(context, dict):
        found["context"] = _changed_context(context, changes)
    return found


def _changed_object(target: Json, changes: Changes) -> Json:
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return changes.activity(target)
    if kind in {"Agent", "Group"}:
        return changes.actor(target)
    return _changed(target, changes) if kind == "SubStatement" else target


def _changed_context(context: Json, changes: Changes) -> Json:
    found = dict(context)
    for name in ("instructor", "team"):
        value = found.get(name)
        if isinstance(value, dict):
            found[name] = changes.actor(value)
    for name, held in CONTEXT_LISTS:
        items = found.get(name)
        if isinstance(items, list):
            found[name] = [{**item, held: changes.actor(item[held])} for item in items]
    lists = found.get("contextActivities")
    if isinstance(lists, dict):
        found["contextActivities"] = {
            name: [changes.activity(activity) for activity in activities]
            for name, activities in lists.items()
        }
    return found


def _reduced_actor(actor: Json) -> Json:
    found = {name: actor[name] for name in IDENTIFYING if name in actor}
    members = actor.get("member")
    is_anonymous = len(found) == int("objectType" in found)
    if is_anonymous and isinstance(members, list):
        found["member"] = [_reduced_actor(member) for member in members]
    return found


def _reduced_verb(verb: Json) -> Json:
    return {"id": verb["id"]}


def _reduced_activity(activity: Json) -> Json:
    return {"id": activity["id"]}
