"""Are two statements the same statement (xAPI 1.0.3 Data 2.3.1)? Pure.

What the store assigns, verb displays, activity definitions, attachments, the order of members, the case of
mail domains and durations beyond hundredths of a second do not count.
"""

from academy.xapi import formats, json_text
from academy.xapi.json_text import Json

ASSIGNED = frozenset({"id", "authority", "stored", "timestamp", "version", "attachments"})


def same(one: Json, other: Json) -> bool:
    """Say whether two valid statements make the same claim."""
    return _equal(_essence(one), _essence(other))


def _essence(statement: Json) -> Json:
    found = {name: value for name, value in statement.items() if name not in ASSIGNED}
    found["actor"] = _actor(found["actor"])
    found["verb"] = _verb(found["verb"])
    found["object"] = _object(found["object"])
    context = found.get("context")
    if isinstance(context, dict):
        found["context"] = _context(context)
    result = found.get("result")
    if isinstance(result, dict) and "duration" in result:
        found["result"] = {**result, "duration": formats.truncated_duration(str(result["duration"]))}
    return found


def _verb(verb: object) -> object:
    return verb["id"] if isinstance(verb, dict) else verb


def _object(target: object) -> object:
    if not isinstance(target, dict):
        return target
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return {"objectType": kind, "id": target["id"]}
    if kind == "StatementRef":
        return {"objectType": kind, "id": str(target["id"]).lower()}
    if kind == "SubStatement":
        inner = _essence(target)
        if "timestamp" in target:
            inner["timestamp"] = formats.moment(str(target["timestamp"])).isoformat()
        return inner
    return _actor(target)


def _actor(actor: object) -> object:
    if not isinstance(actor, dict):
        return actor
    found = {**actor, "objectType": actor.get("objectType", "Agent")}
    if "mbox" in found:
        local, _, domain = str(found["mbox"]).rpartition("@")
        found["mbox"] = f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in found:
        found["mbox_sha1sum"] = str(found["mbox_sha1sum"]).lower()
    if isinstance(found.get("member"), list):
        members = [_actor(member) for member in found["member"]]
        found["member"] = sorted(members, key=_sorting_key)
    return found


def _sorting_key(value: object) -> bytes:
    return json_text.encode(sorted(value.items()) if isinstance(value, dict) else value)


def _context(context: Json) -> Json:
    found = dict(context)
    for name in ("instructor", "team"):
        if name in found:
            found[name] = _actor(found[name])
    for name, held in (("contextAgents", "agent"), ("contextGroups", "group")):
        items = found.get(name)
        if isinstance(items, list):
            found[name] = [{**item, held: _actor(item[held])} for item in items]
    if "registration" in found:
        found["registration"] = str(found["registration"]).lower()
    if "statement" in found:
        found["statement"] = _object(found["statement"])
    lists = found.get("contextActivities")
    if isinstance(lists, dict):
        found["contextActivities"] = {name: _activities(value) for name, value in lists.items()}
    return found


def _activities(value: object) -> list[object]:
    return [_object(activity) for activity in (value if isinstance(value, list) else [value])]


def _equal(one: object, other: object) -> bool:
    """Compare JSON values; unlike Python, true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other
