"""What a narrow credential reaches, such as content gets: one learner in one registration, nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from academy.xapi import relations
from academy.xapi.credentials import Bearer
from academy.xapi.errors import NotPermitted
from academy.xapi.json_text import Json
from academy.xapi.queries import StatementFilter


def covers(who: Bearer, statement: Json) -> bool:
    """Say whether a statement is about what the bearer reaches: its actor, and its registration."""
    if who.narrow is None:
        return True
    actor, context = statement["actor"], statement.get("context")
    told = context.get("registration") if isinstance(context, dict) else None
    assert isinstance(actor, dict)
    is_agent = actor.get("objectType", "Agent") == "Agent" and relations.identity(actor) == who.narrow.agent
    return is_agent and told is not None and UUID(str(told)) == who.narrow.registration


def heed_statements(who: Bearer, statements: Iterable[Json]) -> None:
    """Raise NotPermitted where one of these valid statements is about something else."""
    if not all(covers(who, statement) for statement in statements):
        raise NotPermitted("these credentials are for statements of one learner in one registration")


def heed_agent(who: Bearer, identity: str | None) -> None:
    """Raise NotPermitted where an agent is not the one that the bearer is confined to."""
    if who.narrow is not None and identity != who.narrow.agent:
        raise NotPermitted("these credentials are for another agent")


def heed_registration(who: Bearer, registration: UUID | None) -> None:
    """Raise NotPermitted where a registration, or that of no registration, is not the bearer's."""
    if who.narrow is not None and registration != who.narrow.registration:
        raise NotPermitted("these credentials are for another registration")


def heed_sharing(who: Bearer, method: str) -> None:
    """Raise NotPermitted where a narrow bearer would change what all learners share."""
    if who.narrow is not None and method != "GET":
        raise NotPermitted("these credentials change nothing that others share")


def narrowed(who: Bearer, wanted: StatementFilter) -> StatementFilter:
    """Return the filter within what the bearer reaches; raises NotPermitted where it is beyond."""
    if who.narrow is None:
        return wanted
    if wanted.agent is not None:
        heed_agent(who, wanted.agent)
    if wanted.registration is not None:
        heed_registration(who, wanted.registration)
    return replace(wanted, agent=who.narrow.agent, registration=who.narrow.registration)
