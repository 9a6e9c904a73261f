"""Taking statements out of the store; the one exception to "statements are never removed" is erasure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import interning, json_text, moments, relations
from academy.xapi.batches import pieces
from academy.xapi.interning import Named
from academy.xapi.models import Statement, StatementActivity, StatementAgent, StatementReference

_STATEMENT: Any = Statement.__table__
_REFERENCE: Any = StatementReference.__table__
_DIRECT = (0, 1)


@dataclass
class Removed:
    """How many statements went, which registrations they had, and how many were stored on which day."""

    count: int = 0
    registrations: set[UUID] = field(default_factory=set)
    days: Counter[date] = field(default_factory=Counter)


def remove(connection: sa.Connection, seqs: Sequence[int]) -> Removed:
    """Remove statements with all that is kept beside them; what names or voids them stays as it is."""
    done = Removed()
    for some in pieces(seqs):
        _remove_references(connection, some)
        _remove_links(connection, some)
        named = _STATEMENT.c.seq.in_(some)
        found = connection.scalars(sa.select(_STATEMENT.c.registration).where(named)).all()
        done.registrations.update(one for one in found if one is not None)
        done.count += connection.execute(sa.delete(_STATEMENT).where(named)).rowcount
        done.days.update(moments.day(seq) for seq in some)
    return done


def _remove_links(connection: sa.Connection, seqs: Sequence[int]) -> None:
    """Remove what leads from agents and activities to statements; the keys of these rows begin with those."""
    named = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload).where(_STATEMENT.c.seq.in_(seqs))
    agents: set[tuple[str, int]] = set()
    activities: set[tuple[str, int]] = set()
    for seq, payload in connection.execute(named):
        statement: Any = json_text.decode(bytes(payload))
        agents.update((str(relations.identity(one)), seq) for one, _ in relations.agents_of(statement))
        activities.update((str(one["id"]), seq) for one, _ in relations.activities_of(statement))
    known = interning.known(
        connection,
        Named(agents={text: [] for text, _ in agents}, activities={iri: None for iri, _ in activities}),
    )
    _remove_each(connection, StatementAgent.__table__, "agent_id", known.agents, agents)
    _remove_each(connection, StatementActivity.__table__, "activity_id", known.activities, activities)


def _remove_each(
    connection: sa.Connection, table: Any, column: str, numbers: dict[str, int], links: set[tuple[str, int]]
) -> None:
    rows = [
        {"number": numbers[text], "way": way, "of": seq}
        for text, seq in sorted(links)
        if text in numbers
        for way in _DIRECT
    ]
    one = sa.delete(table).where(
        table.c[column] == sa.bindparam("number"),
        table.c.direct == sa.bindparam("way"),
        table.c.seq == sa.bindparam("of"),
    )
    if rows:
        connection.execute(one, rows)


def _remove_references(connection: sa.Connection, seqs: Sequence[int]) -> None:
    """Take statements out of the chains of references; who reached others by way of them does so no more."""
    table = _REFERENCE
    begins, ends = table.c.seq.in_(seqs), table.c.target_seq.in_(seqs)
    for seq in sorted(set(connection.scalars(sa.select(table.c.target_seq).where(ends)))):
        before = list(connection.scalars(sa.select(table.c.seq).where(table.c.target_seq == seq)))
        after = list(connection.scalars(sa.select(table.c.target_seq).where(table.c.seq == seq)))
        if after:
            beyond = sa.and_(table.c.seq.in_(before), table.c.target_seq.in_(after))
            connection.execute(sa.delete(table).where(beyond))
    connection.execute(sa.delete(table).where(sa.or_(begins, ends)))
