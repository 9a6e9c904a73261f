"""The only code that inserts statements: all of a batch or nothing, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.db import iri_base, new_public_id
from academy.transactions import Turn, take
from academy.xapi import (
    consistency,
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
from academy.xapi.interning import Named, Numbers
from academy.xapi.json_text import Json
from academy.xapi.models import Statement, StatementActivity, StatementAgent
from academy.xapi.preparation import Draft
from academy.xapi.relations import DIRECT_ACTIVITY, DIRECT_AGENT
from academy.xapi.signals import StoredStatement, statements_stored

_STATEMENT: Any = Statement.__table__
_AGENT_LINK: Any = StatementAgent.__table__
_ACTIVITY_LINK: Any = StatementActivity.__table__

_DIRECT_AGENT, _DIRECT_ACTIVITY = int(DIRECT_AGENT), int(DIRECT_ACTIVITY)
_INSERT, _INSERT_AGENT_LINK, _INSERT_ACTIVITY_LINK = map(sa.insert, (_STATEMENT, _AGENT_LINK, _ACTIVITY_LINK))
_IDS: Any = sa.bindparam("ids", expanding=True)
_last = sa.select(sa.func.max(_STATEMENT.c.seq).label("seq")).subquery()
_MET = sa.select(_last.c.seq, _STATEMENT.c.id, _STATEMENT.c.target, _STATEMENT.c.payload).select_from(
    _last.outerjoin(_STATEMENT, sa.or_(_STATEMENT.c.id.in_(_IDS), _STATEMENT.c.target.in_(_IDS)))
)


def own_authority() -> Json:
    """Return the agent that vouches for the statements which the Academy writes itself."""
    return {"objectType": "Agent", "account": {"homePage": iri_base(), "name": "academy"}}


def new_statement_id() -> UUID:
    """Make an id for a statement that came without one: ordered by time, and of version 4 to those who look.

    The standard names RFC 4122, whose versions end at 5, and clients refuse others (tincan for one).
    """
    public_id = new_public_id()
    return UUID(int=public_id.int & ~(0xF << 76) | (0x4 << 76))


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
    drafts = prepare(statements, authority=authority, edition=edition)
    write(connection, drafts)
    return [draft.id for draft in drafts]


def prepare(statements: Iterable[object], *, authority: Json, edition: Edition) -> list[Draft]:
    """Validate and complete a batch without touching the database."""
    drafts: list[Draft] = []
    ids: set[UUID] = set()
    for place, statement in enumerate(statements):
        try:
            valid = validation.validate(statement, edition=edition)
            draft = preparation.prepare(valid, authority=authority, edition=edition, new_id=new_statement_id)
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


def refuse_conflicts(connection: sa.Connection, drafts: Sequence[Draft]) -> None:
    """Raise StatementConflict where another statement has an id already, before anything is done for them."""
    _met(connection, drafts)


def write(connection: sa.Connection, drafts: Sequence[Draft]) -> int:
    """Store prepared statements; several batches may be written by one call.

    Returns the `seq` of the newest statement, up to which the store is complete once this is committed.
    """
    known = interning.known(connection, _named(drafts))  # before the turn, in which others wait
    take(Turn.STATEMENTS, connection)  # only one transaction at a time gives out `stored`
    last, awaited = _met(connection, drafts)
    new = [draft for draft in drafts if not draft.is_stored]
    if new:
        seqs = _numbered(new, after=last)
        _insert_rows(connection, new, seqs, interning.numbers(connection, _named(new), beyond=known))
        voiding.connect(connection, new, seqs=seqs, awaited=awaited)
        stored = [StoredStatement(seqs[draft.id], draft.id, draft.statement) for draft in new]
        statements_stored.send(connection, stored=stored)
        last = seqs[new[-1].id]
        consistency.forget_glance(connection)
    return last


def _met(connection: sa.Connection, drafts: Sequence[Draft]) -> tuple[int, set[UUID]]:
    """Mark the drafts that are stored already; return the last `seq`, and the ids that statements refer to.

    Raises StatementConflict where another statement is stored under an id.
    """
    by_id = {draft.id: draft for draft in drafts if draft.is_named_by_client}
    last, awaited = 0, set[UUID]()
    for ids in [*pieces(list(by_id))] or [[]]:
        for seq, identifier, target, payload in connection.execute(_MET, {"ids": ids}):
            last = seq or 0
            if target in by_id:
                awaited.add(target)
            if identifier in by_id:
                _recognise(by_id[identifier], bytes(payload))
    return last, awaited


def _recognise(draft: Draft, payload: bytes) -> None:
    kept = json_text.decode(payload)
    assert isinstance(kept, dict)
    if not equivalence.same(kept, draft.statement):
        raise StatementConflict(
            f"another statement is stored under the id {draft.id}",
            id=str(draft.id),
            clause="xAPI 1.0.3 Communication 2.1.2",
        )
    draft.is_stored = True


def _numbered(drafts: Sequence[Draft], *, after: int) -> dict[UUID, int]:
    last, now = after, clock.microseconds(clock.now())
    seqs: dict[UUID, int] = {}
    for draft in drafts:
        last = max(last + 1, now if draft.seq is None else draft.seq)
        seqs[draft.id] = last
        preparation.set_stored(draft, moments.stored(last))
    return seqs


def _insert_rows(
    connection: sa.Connection, drafts: Sequence[Draft], seqs: dict[UUID, int], numbers: Numbers
) -> None:
    rows, agent_links, activity_links = [], [], []
    for draft in drafts:
        seq, verb = seqs[draft.id], numbers.verbs[str(draft.verb["id"])]
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
            number = numbers.agents[identity]
            bits = int(agent_usage)
            direct = 1 if bits & _DIRECT_AGENT else 0
            agent_links.append(
                {"agent_id": number, "direct": direct, "seq": seq, "verb_id": verb, "usage": bits}
            )
        for iri, usage in draft.activities.items():
            number = numbers.activities[iri]
            bits = int(usage)
            direct = 1 if bits & _DIRECT_ACTIVITY else 0
            activity_links.append(
                {"activity_id": number, "direct": direct, "seq": seq, "verb_id": verb, "usage": bits}
            )
    connection.execute(_INSERT, rows)
    connection.execute(_INSERT_AGENT_LINK, agent_links)
    if activity_links:
        connection.execute(_INSERT_ACTIVITY_LINK, activity_links)


def _named(drafts: Sequence[Draft]) -> Named:
    """Collect what statements name, with all that they say of it."""
    named = Named()
    for draft in drafts:
        verb, display = str(draft.verb["id"]), draft.verb.get("display")
        known = named.verbs.get(verb)
        named.verbs[verb] = {**(known or {}), **display} if isinstance(display, dict) else known
        for identity in draft.agents:
            named.agents.setdefault(identity, []).extend(draft.names.get(identity, ()))
        for iri in draft.activities:
            known, given = named.activities.get(iri), draft.definitions.get(iri)
            named.activities[iri] = definitions.merged(known, given) if known and given else given or known
    return named
