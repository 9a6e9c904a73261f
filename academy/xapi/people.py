"""What the store holds about one person: read as a whole, or made nameless so that totals stay.

The one exception to "statements never change": an address, a name or a typed text that tells who somebody is
gives way when the person is erased; who did what under which pseudonym stays.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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

Clean = Callable[[object], object]


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


def agents(connection: sa.Connection, individual: Individual) -> dict[str, int]:
    """Return the agents that are this person, by identity."""
    keys = [interning.digest(one) for one in (individual.pseudonym, *individual.telling)]
    lower = sa.func.lower(_AGENT.c.identity)  # addresses come in any case, also as names of accounts
    name = f'"name":{json_text.encode(individual.email).decode()}}}}}'
    named = sa.or_(lower == individual.telling[0].lower(), lower.endswith(name, autoescape=True))
    found = sa.select(_AGENT.c.identity, _AGENT.c.id).where(sa.or_(_AGENT.c.key.in_(keys), named))
    return {identity: number for identity, number in connection.execute(found)}  # noqa: C416 -- rows


def statements(connection: sa.Connection, individual: Individual) -> Iterator[Row]:
    """Go through the statements about what the person did, or had done to them, oldest first; voided too."""
    for rows in _batches(connection, agents(connection, individual).values(), usage=OWN):
        for seq, payload, _usage in rows:
            yield Row(seq, payload)


def count(connection: sa.Connection, individual: Individual) -> int:
    """Return how many such statements there are."""
    numbers = list(agents(connection, individual).values())
    counted = sa.select(sa.func.count(sa.distinct(_LINK.c.seq))).where(_linked(numbers, OWN))
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
    wanted = sa.exists().where(_STATEMENT.c.seq == _LINK.c.seq, _holds(connection, b'"attachments"'))
    for rows in _batches(connection, numbers, usage=OWN, which=wanted):
        for seq, payload, _usage in rows:
            for attachment in attachments.described_by([Row(seq, payload).statement]):
                sha2 = str(attachment["sha2"]).lower()
                if sha2 not in seen:
                    seen.add(sha2)
                    yield attachments.place(sha2), sha2


def make_nameless(connection: sa.Connection, individual: Individual, clean: Clean) -> list[str]:
    """Leave of the person only the pseudonym; return the keys of attached files that nobody else's need.

    Documents of the person go. Statements stay under their ids and in their order: whoever names the person
    by an address or a name then names the pseudonym, and `clean` is applied to texts that the person typed.
    """
    known = agents(connection, individual)
    if not known:
        return []
    kept = interning.agents(connection, {individual.pseudonym: []})[individual.pseudonym]
    others = {identity for identity in known if identity != individual.pseudonym}
    numbers = {*known.values(), kept}
    keys = _unshared(connection, individual, numbers)
    for rows in _batches(connection, numbers):
        for seq, payload, usage in rows:
            statement = json_text.decode(payload)
            changed = _renamed(statement, individual, others)
            if usage & OWN:
                changed = _cleaned(changed, clean)
            if changed != statement:
                values = {"payload": json_text.encode(changed)}
                connection.execute(sa.update(_STATEMENT).where(_STATEMENT.c.seq == seq).values(**values))
    for table in (_STATE, _PROFILE):
        connection.execute(sa.delete(table).where(table.c.agent_id.in_(numbers)))
    for number in sorted(numbers - {kept}):
        _merge_links(connection, number, kept)
        connection.execute(sa.delete(_AGENT).where(_AGENT.c.id == number))
    connection.execute(sa.update(_AGENT).where(_AGENT.c.id == kept).values(names=[]))
    return keys


def _batches(
    connection: sa.Connection,
    numbers: Iterable[int],
    *,
    usage: int | None = None,
    which: sa.ColumnElement[bool] | None = None,
) -> Iterator[list[tuple[int, bytes, int]]]:
    wanted, last = list(numbers), 0
    linked = [_linked(wanted, usage), *([] if which is None else [which])]
    while True:
        seqs = sa.select(_LINK.c.seq).where(*linked, _LINK.c.seq > last)
        page = list(connection.scalars(seqs.distinct().order_by(_LINK.c.seq).limit(BATCH)))
        if not page:
            return
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


def _linked(numbers: Iterable[int], usage: int | None) -> sa.ColumnElement[bool]:
    named: sa.ColumnElement[bool] = _LINK.c.agent_id.in_(list(numbers))
    return named if usage is None else sa.and_(named, _LINK.c.usage.bitwise_and(usage) != 0)


def _renamed(value: object, individual: Individual, others: set[str]) -> object:
    """Return a part of a statement in which the person is the pseudonym, without a name."""
    if isinstance(value, list):
        return [_renamed(one, individual, others) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _renamed(inner, individual, others) for key, inner in value.items()}
    identity = _identity(value)
    if identity == individual.pseudonym:
        found.pop("name", None)
    elif identity in others:
        telling = ("name", "mbox", "mbox_sha1sum", "account", "openid")
        found = {key: inner for key, inner in found.items() if key not in telling}
        found["account"] = individual.account
    return found


def _identity(value: Json) -> str | None:
    try:
        return relations.identity(value)
    except (KeyError, TypeError):
        return None


def _cleaned(statement: object, clean: Clean) -> object:
    """Return a statement whose typed texts are clean: answers, extensions, descriptions of attachments."""
    assert isinstance(statement, dict)
    found = dict(statement)
    for part, names in (("result", ("response", "extensions")), ("context", ("extensions",))):
        inner = found.get(part)
        if isinstance(inner, dict):
            found[part] = {key: clean(one) if key in names else one for key, one in inner.items()}
    listed = found.get("attachments")
    if isinstance(listed, list):
        told = ("display", "description")
        found["attachments"] = [
            {key: clean(text) if key in told else text for key, text in one.items()} for one in listed
        ]
    return found


def _unshared(connection: sa.Connection, individual: Individual, numbers: set[int]) -> list[str]:
    """Return where the attached files of the person lie that no statement of anybody else describes."""
    return [
        key
        for key, sha2 in attachment_keys(connection, individual)
        if not connection.scalar(sa.select(_described_elsewhere(connection, sha2, numbers)))
    ]


def _described_elsewhere(connection: sa.Connection, sha2: str, numbers: set[int]) -> sa.ColumnElement[bool]:
    own = sa.exists().where(_LINK.c.seq == _STATEMENT.c.seq, _linked(numbers, OWN))
    found = sa.or_(*(_holds(connection, one.encode()) for one in (sha2, sha2.upper())))
    return sa.exists().where(found, sa.not_(own))


def _holds(connection: sa.Connection, needle: bytes) -> sa.ColumnElement[bool]:
    """Return the condition that the text of a statement holds some bytes."""
    is_postgresql = connection.dialect.name == "postgresql"
    position: Any = sa.func.pg_catalog.position if is_postgresql else sa.func.instr
    found: sa.ColumnElement[bool] = position(_STATEMENT.c.payload, sa.literal(needle, sa.LargeBinary)) > 0
    return found


def _merge_links(connection: sa.Connection, number: int, kept: int) -> None:
    """Let links of one agent be those of another; a statement that names both names it once."""
    links = sa.select(_LINK.c.seq, _LINK.c.usage, _LINK.c.direct).where(_LINK.c.agent_id == number)
    for seq, usage, direct in connection.execute(links).all():
        both = sa.and_(_LINK.c.agent_id == kept, _LINK.c.seq == seq)
        merged = (
            sa.update(_LINK)
            .where(both)
            .values(usage=_LINK.c.usage.bitwise_or(usage), direct=_LINK.c.direct.bitwise_or(direct))
        )
        own = sa.and_(_LINK.c.agent_id == number, _LINK.c.seq == seq)
        if connection.execute(merged).rowcount:
            connection.execute(sa.delete(_LINK).where(own))
        else:
            connection.execute(sa.update(_LINK).where(own).values(agent_id=kept))
