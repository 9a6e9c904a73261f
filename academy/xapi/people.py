"""What the store holds about somebody: statements, documents and attached files, read as a whole."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from academy.xapi import attachments, interning, json_text, relations
from academy.xapi.json_text import Json
from academy.xapi.models import (
    Agent,
    AgentProfileDocument,
    StateDocument,
    Statement,
    StatementAgent,
    StoredActivity,
)
from academy.xapi.queries import Row
from academy.xapi.relations import AgentUsage

BATCH = 500
OWN = int(AgentUsage.ACTOR | AgentUsage.OBJECT)

_STATEMENT: Any = Statement.__table__
_LINK: Any = StatementAgent.__table__
_AGENT: Any = Agent.__table__
_STATE: Any = StateDocument.__table__
_PROFILE: Any = AgentProfileDocument.__table__
_ACTIVITY: Any = StoredActivity.__table__


class Whom(Protocol):
    """Somebody as statements know them, by one or several identities, and the account that is to stay."""

    @property
    def account(self) -> Json:
        """Return the account that tells nobody who it is."""

    @property
    def telling(self) -> Collection[str]:
        """Return the identities that give way to that account."""

    @property
    def pseudonym(self) -> str:
        """Return the identity of the account."""

    def is_named(self) -> sa.ColumnElement[bool]:
        """Return the condition that a row of agents is somebody of theirs."""

    def owns(self, statement: Json, usage: int) -> bool:
        """Say whether a statement that names them is theirs: files and typed texts in it go with them."""


@dataclass(frozen=True)
class Individual:
    """A person as statements know them: the account that is the pseudonym, and an e-mail address."""

    account: Json
    email: str

    @property
    def pseudonym(self) -> str:
        """Return the identity that stays."""
        return str(relations.identity({"account": self.account}))

    @property
    def telling(self) -> list[str]:
        """Return the identities by which strangers' statements may name the person outright."""
        mailbox = f"mailto:{self.email}"
        digest = hashlib.sha1(mailbox.encode(), usedforsecurity=False).hexdigest()
        return [str(relations.identity({"mbox": mailbox})), str(relations.identity({"mbox_sha1sum": digest}))]

    def is_named(self) -> sa.ColumnElement[bool]:
        """Return the condition that an agent has the pseudonym, or the address in any case, or as a name."""
        keys = [interning.digest(one) for one in (self.pseudonym, *self.telling)]
        lower = sa.func.lower(_AGENT.c.identity)  # addresses come in any case, also as names of accounts
        name = f'"name":{json_text.encode(self.email).decode()}}}}}'
        return sa.or_(
            _AGENT.c.key.in_(keys),
            lower == self.telling[0].lower(),
            lower.endswith(name, autoescape=True),
        )

    def owns(self, statement: Json, usage: int) -> bool:
        """Say whether a statement is about what the person did, or had done to them."""
        return bool(usage & OWN)


@dataclass(frozen=True)
class Kept:
    """A document of a state or of an agent's profile."""

    kind: str
    name: str
    activity: str | None
    registration: UUID | None
    updated: datetime
    content_type: str
    content: bytes


def agents(connection: sa.Connection, whom: Whom) -> dict[str, int]:
    """Return the agents that are this somebody, by identity."""
    found = sa.select(_AGENT.c.identity, _AGENT.c.id).where(whom.is_named())
    return {identity: number for identity, number in connection.execute(found)}  # noqa: C416 -- rows


def statements(connection: sa.Connection, individual: Individual) -> Iterator[Row]:
    """Go through the statements about what the person did, or had done to them, oldest first; voided too."""
    for rows in batches(connection, agents(connection, individual).values(), usage=OWN):
        for seq, payload, _usage in rows:
            yield Row(seq, payload)


def count(connection: sa.Connection, individual: Individual) -> int:
    """Return how many such statements there are."""
    numbers = list(agents(connection, individual).values())
    named = sa.and_(_LINK.c.agent_id.in_(numbers), *_conditions(OWN, None))
    counted = sa.select(sa.func.count(sa.distinct(_LINK.c.seq))).where(named)
    return connection.scalar(counted) or 0


def documents(connection: sa.Connection, individual: Individual) -> Iterator[Kept]:
    """Go through the state and profile documents of the person."""
    numbers = list(agents(connection, individual).values())
    states = (
        sa.select(_STATE, _ACTIVITY.c.iri)
        .join(_ACTIVITY, _ACTIVITY.c.id == _STATE.c.activity_id)
        .where(_STATE.c.agent_id.in_(numbers))
        .order_by(_STATE.c.id)
    )
    for row in connection.execute(states, execution_options={"yield_per": 50}):
        yield Kept(
            "state", row.name, row.iri, row.registration, row.updated, row.content_type, bytes(row.content)
        )
    profiles = sa.select(_PROFILE).where(_PROFILE.c.agent_id.in_(numbers)).order_by(_PROFILE.c.id)
    for row in connection.execute(profiles, execution_options={"yield_per": 50}):
        yield Kept("profile", row.name, None, None, row.updated, row.content_type, bytes(row.content))


def count_documents(connection: sa.Connection, individual: Individual) -> int:
    """Return how many such documents there are."""
    numbers = list(agents(connection, individual).values())
    counts = (
        sa.select(sa.func.count()).select_from(table).where(table.c.agent_id.in_(numbers))
        for table in (_STATE, _PROFILE)
    )
    return sum(connection.scalar(one) or 0 for one in counts)


def attachment_keys(connection: sa.Connection, individual: Individual) -> Iterator[tuple[str, str]]:
    """Go through the data attached to the person's statements: where each is stored, and its hash."""
    seen: set[str] = set()
    numbers = agents(connection, individual).values()
    wanted = sa.exists().where(_STATEMENT.c.seq == _LINK.c.seq, holds(connection, b'"attachments"'))
    for rows in batches(connection, numbers, usage=OWN, which=wanted):
        for seq, payload, _usage in rows:
            for attachment in attachments.described_by([Row(seq, payload).statement]):
                sha2 = str(attachment["sha2"]).lower()
                if sha2 not in seen:
                    seen.add(sha2)
                    yield attachments.place(sha2), sha2


def batches(
    connection: sa.Connection,
    numbers: Iterable[int],
    *,
    usage: int | None = None,
    which: sa.ColumnElement[bool] | None = None,
) -> Iterator[list[tuple[int, bytes, int]]]:
    """Go through the statements that name agents, oldest first: `seq`, text, and where each names them."""
    wanted, last = list(numbers), 0
    while page := _following(connection, wanted, last, _conditions(usage, which)):
        uses: dict[int, int] = {}
        links = sa.select(_LINK.c.seq, _LINK.c.usage).where(
            _LINK.c.agent_id.in_(wanted), _LINK.c.seq.in_(page)
        )
        for seq, bits in connection.execute(links):
            uses[seq] = uses.get(seq, 0) | bits
        texts = sa.select(_STATEMENT.c.seq, _STATEMENT.c.payload).where(_STATEMENT.c.seq.in_(page))
        rows = connection.execute(texts.order_by(_STATEMENT.c.seq)).all()
        yield [(seq, bytes(payload), uses[seq]) for seq, payload in rows]
        last = page[-1]


def _following(
    connection: sa.Connection, numbers: list[int], last: int, conditions: list[sa.ColumnElement[bool]]
) -> list[int]:
    """Return the next statements after one; each of these short walks follows the primary key."""
    found: set[int] = set()
    for number in numbers:
        for direct in (0, 1):
            walk = sa.select(_LINK.c.seq).where(
                _LINK.c.agent_id == number, _LINK.c.direct == direct, _LINK.c.seq > last, *conditions
            )
            found.update(connection.scalars(walk.order_by(_LINK.c.seq).limit(BATCH)))
    return sorted(found)[:BATCH]


def _conditions(usage: int | None, which: sa.ColumnElement[bool] | None) -> list[sa.ColumnElement[bool]]:
    asked = [] if usage is None else [_LINK.c.usage.bitwise_and(usage) != 0]
    return asked if which is None else [*asked, which]


def holds(connection: sa.Connection, needle: bytes) -> sa.ColumnElement[bool]:
    """Return the condition that the text of a statement holds some bytes."""
    is_postgresql = connection.dialect.name == "postgresql"
    position: Any = sa.func.pg_catalog.position if is_postgresql else sa.func.instr
    found: sa.ColumnElement[bool] = position(_STATEMENT.c.payload, sa.literal(needle, sa.LargeBinary)) > 0
    return found
