"""The only code that inserts statements: all of a batch or nothing, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.db import iri_base, new_public_id
from academy.transactions import Turn, take
from academy.xapi import (
    definitions,
    equivalence,
    interning,
    json_text,
    moments,
    preparation,
    validation,
    voiding,
)
from academy.xapi.batches import pieces
from academy.xapi.editions import Edition
from academy.xapi.errors import StatementConflict, StatementInvalid
from academy.xapi.json_text import Json
from academy.xapi.models import Statement, StatementActivity, StatementAgent
from academy.xapi.preparation import Draft
from academy.xapi.signals import StoredStatement, statements_stored

_STATEMENT: Any = Statement.__table__
_AGENT_LINK: Any = StatementAgent.__table__
_ACTIVITY_LINK: Any = StatementActivity.__table__

_INSERT, _INSERT_AGENT_LINK, _INSERT_ACTIVITY_LINK = map(sa.insert, (_STATEMENT, _AGENT_LINK, _ACTIVITY_LINK))
_LAST = sa.select(sa.func.max(_STATEMENT.c.seq))
_BY_IDS = sa.select(_STATEMENT.c.id, _STATEMENT.c.payload).where(
    _STATEMENT.c.id.in_(sa.bindparam("ids", expanding=True))
)


def own_authority() -> Json:
    """Return the agent that vouches for the statements which the Academy writes itself."""
    return {"objectType": "Agent", "account": {"homePage": iri_base(), "name": "academy"}}


def insert(
    connection: sa.Connection,
    statements: Iterable[object],
    *,
    authority: Json,
    edition: Edition = Edition.FIRST,
) -> list[UUID]:
    """Store statements and return their ids, in order; listeners hear of the new ones before this returns.

    A statement that is stored already changes nothing. Raises StatementInvalid where one breaks a rule or an
    id stands twice, StatementConflict where another statement has the id; the caller then rolls back.
    """
    return write(connection, prepare(statements, authority=authority, edition=edition))


def prepare(statements: Iterable[object], *, authority: Json, edition: Edition) -> list[Draft]:
    """Validate and complete a batch without touching the database."""
    drafts: list[Draft] = []
    ids: set[UUID] = set()
    for place, statement in enumerate(statements):
        try:
            valid = validation.validate(statement, edition=edition)
            draft = preparation.prepare(valid, authority=authority, edition=edition, new_id=new_public_id)
        except StatementInvalid as fault:
            raise fault.within(place).within("statements") from None
        if draft.id in ids:
            raise (
                StatementInvalid(
                    f"the id {draft.id} stands twice in this batch", clause="xAPI 1.0.3 Communication 2.1.2"
                )
                .within(place)
                .within("statements")
            )
        ids.add(draft.id)
        drafts.append(draft)
    return drafts


def write(connection: sa.Connection, drafts: Sequence[Draft]) -> list[UUID]:
    """Store prepared statements; several batches may be written by one call."""
    take(Turn.STATEMENTS, connection)  # only one transaction at a time gives out `stored`
    known = _already_stored(connection, drafts)
    new = [draft for draft in drafts if draft.id not in known]
    if new:
        seqs = _numbered(connection, new)
        _insert_rows(connection, new, seqs)
        voiding.connect(connection, new, seqs=seqs)
        stored = [StoredStatement(seqs[draft.id], draft.id, draft.statement) for draft in new]
        statements_stored.send(connection, stored=stored)
    return [draft.id for draft in drafts]


def _already_stored(connection: sa.Connection, drafts: Sequence[Draft]) -> set[UUID]:
    """Return which ids are stored already with the same statement; raises StatementConflict."""
    by_id = {draft.id: draft for draft in drafts if draft.is_named_by_client}
    for ids in pieces(list(by_id)):
        for identifier, payload in connection.execute(_BY_IDS, {"ids": ids}):
            kept = json_text.decode(bytes(payload))
            assert isinstance(kept, dict)
            if not equivalence.same(kept, by_id[identifier].statement):
                raise StatementConflict(
                    f"another statement is stored under the id {identifier}",
                    id=str(identifier),
                    clause="xAPI 1.0.3 Communication 2.1.2",
                )
            by_id[identifier].is_stored = True
    return {identifier for identifier, draft in by_id.items() if draft.is_stored}


def _numbered(connection: sa.Connection, drafts: Sequence[Draft]) -> dict[UUID, int]:
    last = connection.scalar(_LAST) or 0
    now = clock.microseconds(clock.now())
    seqs: dict[UUID, int] = {}
    for draft in drafts:
        last = max(last + 1, now if draft.seq is None else draft.seq)
        seqs[draft.id] = last
        preparation.set_stored(draft, moments.stored(last))
    return seqs


def _insert_rows(connection: sa.Connection, drafts: Sequence[Draft], seqs: dict[UUID, int]) -> None:
    agents, verbs, activities = _interned(connection, drafts)
    rows, agent_links, activity_links = [], [], []
    for draft in drafts:
        seq, verb = seqs[draft.id], verbs[str(draft.verb["id"])]
        rows.append(
            {
                "seq": seq,
                "id": draft.id,
                "payload": draft.payload,
                "verb_id": verb,
                "registration": draft.registration,
                "target": draft.target,
                "voided": False,
            }
        )
        for identity, agent_usage in draft.agents.items():
            link = {"agent_id": agents[identity], "seq": seq, "verb_id": verb, "usage": int(agent_usage)}
            agent_links.append(link)
        for iri, usage in draft.activities.items():
            link = {"activity_id": activities[iri], "seq": seq, "verb_id": verb, "usage": int(usage)}
            activity_links.append(link)
    connection.execute(_INSERT, rows)
    connection.execute(_INSERT_AGENT_LINK, agent_links)
    if activity_links:
        connection.execute(_INSERT_ACTIVITY_LINK, activity_links)


def _interned(
    connection: sa.Connection, drafts: Sequence[Draft]
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    agents: dict[str, list[str]] = {}
    verbs: dict[str, Json | None] = {}
    activities: dict[str, Json | None] = {}
    for draft in drafts:
        verb, display = str(draft.verb["id"]), draft.verb.get("display")
        verbs[verb] = {**(verbs.get(verb) or {}), **display} if isinstance(display, dict) else verbs.get(verb)
        for identity in draft.agents:
            agents.setdefault(identity, []).extend(draft.names.get(identity, ()))
        for iri in draft.activities:
            known, given = activities.get(iri), draft.definitions.get(iri)
            activities[iri] = definitions.merged(known, given) if known and given else given or known
    return (
        interning.agents(connection, agents),
        interning.verbs(connection, verbs),
        interning.activities(connection, activities),
    )
