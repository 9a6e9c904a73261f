"""Does a statement follow its template in the published xAPI Profile?"""

from collections.abc import Iterator
from typing import Any


def faults(statement: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Return what in a statement is not as the profile says, extensions that it does not know among it."""
    verb = statement["verb"]["id"]
    template = next((one for one in document["templates"] if one["verb"] == verb), None)
    if template is None:
        return [f"no template has the verb {verb}"]
    around = statement["context"]["contextActivities"]
    kinds = {
        f"context{place}ActivityType": [type_of(activity) for activity in around.get(place.lower(), [])]
        for place in ("Category", "Grouping", "Parent", "Other")
    }
    found = [name for name, types in kinds.items() if types != template.get(name, [])]
    if type_of(statement["object"]) != template["objectActivityType"]:
        found.append("objectActivityType")
    found += [rule["location"] for rule in template["rules"] if not _holds(rule, statement)]
    known = {concept["id"] for concept in document.get("concepts", [])}
    return found + sorted(set(_extensions(statement)) - known)


def type_of(activity: dict[str, Any]) -> str:
    """Return the type of an activity that is told with its definition."""
    return str(activity["definition"]["type"])


def _holds(rule: dict[str, Any], statement: dict[str, Any]) -> bool:
    values = [value for path in rule["location"].split(" | ") for value in _at(statement, path[2:])]
    presence = rule.get("presence", "included")
    return (
        (presence == "recommended" or bool(values) is (presence == "included"))
        and all(value in rule.get("all", [value]) for value in values)
        and (not rule.get("any") or any(value in rule["any"] for value in values))
    )


def _at(value: Any, path: str) -> list[Any]:
    """Return what a plain JSONPath finds: names and `[*]`."""
    step, _, rest = path.partition(".")
    name, every, _ = step.partition("[*]")
    found = value.get(name) if isinstance(value, dict) else None
    items = [] if found is None else found if every else [found]
    return [deep for item in items for deep in _at(item, rest)] if rest else list(items)


def _extensions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _extensions(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from inner if name == "extensions" else _extensions(inner)
