"""What a client asks for, as SQL: each filter walks an index in the order of `seq` and stops at the limit.

A statement also matches where one that it reaches by reference does (1.0.3 Communication 2.1.3); only time
and authority are asked of the statement itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.xapi import interning, relations
from academy.xapi.models import Statement, StatementActivity, StatementAgent, StatementReference
from academy.xapi.relations import AgentUsage

Column = sa.ColumnElement[int]
Condition = sa.ColumnElement[bool]

_STATEMENT: Any = Statement.__table__
_AGENT: Any = StatementAgent.__table__
_ACTIVITY: Any = StatementActivity.__table__
_REFERENCE: Any = StatementReference.__table__


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """The parameters of a query; `agent` and `authority` are identities (`relations.identity`)."""

    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A filter with row numbers in the place of identities and IRIs."""

    agent: int | None
    verb: int | None
    activity: int | None
    asked: StatementFilter


def select_rows(
    connection: sa.Connection, wanted: StatementFilter, *, cursor: int | None, limit: int
) -> sa.Select[Any] | None:
    """Return the query for `seq` and `payload`, None where nothing can match."""
    known = _resolve(connection, wanted)
    if known is None:
        return None
    branches = [_own(known)]
    if known.agent or known.verb or known.activity or wanted.registration:
        branches.append(_by_reference(known))
    seqs = [
        sa.select(_limited(connection, known, branch, cursor).limit(limit).subquery().c.seq)
        for branch in branches
    ]
    found = sa.union(*seqs).subquery()
    return (
        sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload)
        .join(found, found.c.seq == _STATEMENT.c.seq)
        .order_by(_STATEMENT.c.seq.asc() if wanted.ascending else _STATEMENT.c.seq.desc())
        .limit(limit)
    )


def of_authority(connection: sa.Connection, authority: str, seq: Column) -> Condition:
    """Return the condition that a statement was asserted by this authority."""
    number = interning.agent(connection, authority)
    return sa.exists().where(
        _AGENT.c.agent_id == (number if number is not None else -1),
        _AGENT.c.seq == seq,
        _AGENT.c.usage.bitwise_and(int(AgentUsage.AUTHORITY)) != 0,
    )


def _resolve(connection: sa.Connection, wanted: StatementFilter) -> _Known | None:
    agent = interning.agent(connection, wanted.agent) if wanted.agent is not None else None
    verb = interning.verb(connection, wanted.verb) if wanted.verb is not None else None
    activity = interning.activity(connection, wanted.activity) if wanted.activity is not None else None
    pairs = ((wanted.agent, agent), (wanted.verb, verb), (wanted.activity, activity))
    if any(asked is not None and number is None for asked, number in pairs):
        return None
    return _Known(agent, verb, activity, wanted)


def _limited(connection: sa.Connection, known: _Known, branch: "_Branch", cursor: int | None) -> Any:
    wanted, seq = known.asked, branch.seq
    query = branch.query.where(branch.statement.c.voided.is_(False), *_time(wanted, cursor, seq))
    if wanted.authority is not None:
        query = query.where(of_authority(connection, wanted.authority, seq))
    return query.order_by(seq.asc() if wanted.ascending else seq.desc())


@dataclass(frozen=True, slots=True)
class _Branch:
    """One way to match: a query for `seq`, and the statement that is to be returned in it."""

    query: sa.Select[Any]
    seq: Column
    statement: Any


def _own(known: _Known) -> _Branch:
    source, conditions = _matching(known)
    query = sa.select(source.c.seq).where(*conditions)
    if source is not _STATEMENT:
        query = query.join(_STATEMENT, _STATEMENT.c.seq == source.c.seq)
    return _Branch(query, source.c.seq, _STATEMENT)


def _by_reference(known: _Known) -> _Branch:
    source, conditions = _matching(known)
    referring, seq = _STATEMENT.alias("referring"), _REFERENCE.c.seq
    query = (
        sa.select(seq)
        .join(referring, referring.c.seq == seq)
        .join(source, source.c.seq == _REFERENCE.c.target_seq)
        .where(*conditions)
    )
    return _Branch(query, seq, referring)


def _matching(known: _Known) -> tuple[Any, list[Condition]]:
    """Return the table that drives the query and the conditions of a match on it, the rarest key first."""
    if known.asked.registration is not None:
        own = [_STATEMENT.c.registration == known.asked.registration]
        return _STATEMENT, [*own, *_verb(known, _STATEMENT), *_exists(known, _STATEMENT, _AGENT, _ACTIVITY)]
    if known.activity is not None:
        return _ACTIVITY, [*_activity(known), *_verb(known, _ACTIVITY), *_exists(known, _ACTIVITY, _AGENT)]
    if known.agent is not None:
        return _AGENT, [*_agent(known), *_verb(known, _AGENT)]
    return _STATEMENT, _verb(known, _STATEMENT)


def _verb(known: _Known, source: Any) -> list[Condition]:
    return [] if known.verb is None else [source.c.verb_id == known.verb]


def _exists(known: _Known, source: Any, *links: Any) -> list[Condition]:
    found: list[Condition] = []
    if _AGENT in links and known.agent is not None:
        found.append(sa.exists().where(_AGENT.c.seq == source.c.seq, *_agent(known)))
    if _ACTIVITY in links and known.activity is not None:
        found.append(sa.exists().where(_ACTIVITY.c.seq == source.c.seq, *_activity(known)))
    return found


def _activity(known: _Known) -> list[Condition]:
    conditions: list[Condition] = [_ACTIVITY.c.activity_id == known.activity]
    if not known.asked.related_activities:
        conditions.append(_ACTIVITY.c.usage.bitwise_and(int(relations.DIRECT_ACTIVITY)) != 0)
    return conditions


def _agent(known: _Known) -> list[Condition]:
    conditions: list[Condition] = [_AGENT.c.agent_id == known.agent]
    if not known.asked.related_agents:
        conditions.append(_AGENT.c.usage.bitwise_and(int(relations.DIRECT_AGENT)) != 0)
    return conditions


def _time(wanted: StatementFilter, cursor: int | None, seq: Column) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.since is not None:
        conditions.append(seq > clock.microseconds(wanted.since))
    if wanted.until is not None:
        conditions.append(seq <= clock.microseconds(wanted.until))
    if cursor is not None:
        conditions.append(seq > cursor if wanted.ascending else seq < cursor)
    return conditions
