"""What the store adds to a statement before keeping it (xAPI 1.0.3 Data 2.4.1 and 2.4.7 to 2.4.10); pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from academy.xapi import definitions, formats, json_text, relations
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.relations import ActivityUsage, AgentUsage
from academy.xapi.vocabulary import VOIDED


@dataclass(slots=True)
class Draft:
    """A valid statement, ready to be stored, with all that the tables want to know of it."""

    id: UUID
    statement: Json
    payload: bytes
    is_named_by_client: bool
    verb: Json
    registration: UUID | None
    target: UUID | None
    is_stored: bool = False
    seq: int | None = None  # `stored` of another store, where it is to be kept
    agents: dict[str, AgentUsage] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    activities: dict[str, ActivityUsage] = field(default_factory=dict)
    definitions: dict[str, Json] = field(default_factory=dict)

    @property
    def is_voiding(self) -> bool:
        """Say whether the statement voids the one it refers to."""
        return self.verb["id"] == VOIDED


def prepare(statement: Json, *, authority: Json, edition: Edition, new_id: Callable[[], UUID]) -> Draft:
    """Return the draft of a valid statement; the statement itself is left as it is."""
    whole = {name: value for name, value in statement.items() if name != "stored"}
    is_named = "id" in whole
    identifier = UUID(str(whole["id"])) if is_named else new_id()
    whole.setdefault("id", str(identifier))
    if "timestamp" in whole:
        whole["timestamp"] = formats.in_utc(str(whole["timestamp"]))
    whole.setdefault("version", edition.default_statement_version)
    whole["authority"] = authority
    _list_context_activities(whole)
    verb = whole["verb"]
    assert isinstance(verb, dict)
    draft = Draft(
        id=identifier,
        statement=whole,
        payload=_encoded(whole),
        is_named_by_client=is_named,
        verb=verb,
        registration=_registration(whole),
        target=_target(whole),
    )
    _collect(draft)
    return draft


def define_nothing(draft: Draft) -> None:
    """Keep a statement from changing what is known of activities and agents (Communication 4.2, `define`)."""
    draft.names, draft.definitions = {}, {}


def set_stored(draft: Draft, stored: str) -> None:
    """Set `stored` in the statement, and `timestamp` in statement and text where the client gave none."""
    if "timestamp" not in draft.statement:
        draft.statement["timestamp"] = stored
        draft.payload = spliced(draft.payload, "timestamp", stored)
    draft.statement["stored"] = stored


def spliced(payload: bytes, name: str, value: str) -> bytes:
    """Return the JSON text of an object with one more property, whose value needs no escaping."""
    return b'%b,"%b":"%b"}' % (payload[:-1], name.encode(), value.encode())


def _encoded(statement: Json) -> bytes:
    try:
        return json_text.encode(statement)
    except (UnicodeError, TypeError, RecursionError) as error:
        raise StatementInvalid(f"cannot be written as JSON: {error}", clause=json_text.CLAUSE) from error


def _registration(statement: Json) -> UUID | None:
    context = statement.get("context")
    text = context.get("registration") if isinstance(context, dict) else None
    return UUID(text) if text else None


def _target(statement: Json) -> UUID | None:
    found = statement["object"]
    assert isinstance(found, dict)
    return UUID(str(found["id"])) if found.get("objectType") == "StatementRef" else None


def _list_context_activities(statement: Json) -> None:
    """Wrap single context activities in arrays, in a SubStatement too (Data 2.4.6.2)."""
    context = statement.get("context")
    if isinstance(context, dict) and isinstance(context.get("contextActivities"), dict):
        lists = {
            name: value if isinstance(value, list) else [value]
            for name, value in context["contextActivities"].items()
        }
        statement["context"] = {**context, "contextActivities": lists}
    target = statement["object"]
    if isinstance(target, dict) and target.get("objectType") == "SubStatement":
        statement["object"] = inner = dict(target)
        _list_context_activities(inner)


def _collect(draft: Draft) -> None:
    for actor, agent_usage in relations.agents_of(draft.statement):
        identity = str(relations.identity(actor))
        draft.agents[identity] = draft.agents.get(identity, agent_usage) | agent_usage
        name = actor.get("name")
        if isinstance(name, str) and name and "\x00" not in name:
            draft.names.setdefault(identity, []).append(name)
    for activity, usage in relations.activities_of(draft.statement):
        iri = str(activity["id"])
        draft.activities[iri] = draft.activities.get(iri, usage) | usage
        definition = activity.get("definition")
        if isinstance(definition, dict):
            draft.definitions[iri] = definitions.merged(draft.definitions.get(iri, {}), definition)
