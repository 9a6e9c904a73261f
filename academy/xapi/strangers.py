"""Agents who are nobody of the Academy: known by one identifier, and what the store holds of them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from academy import clock
from academy.db import iri_base
from academy.xapi import interning, json_text, moments, people, relations
from academy.xapi.json_text import Json
from academy.xapi.models import Agent, AgentProfileDocument, StateDocument, Statement, StatementAgent
from academy.xapi.relations import AgentUsage

SHORTEST = 6  # a name of an account that is shorter stands in texts by chance
MOST_COUNTED = 100_000
MOST_LOOKED_INTO = 2_000

_STATEMENT: Any = Statement.__table__
_LINK: Any = StatementAgent.__table__
_AGENT: Any = Agent.__table__
_STATE: Any = StateDocument.__table__
_PROFILE: Any = AgentProfileDocument.__table__


def _nobody() -> Json:
    return {"homePage": iri_base(), "name": str(uuid4())}


@dataclass(frozen=True)
class Stranger:
    """Somebody whom statements name by an identifier, and by `names`; `account` takes its place."""

    identifier: Json
    names: tuple[str, ...] = ()
    account: Json = field(default_factory=_nobody)

    @cached_property
    def pseudonym(self) -> str:
        """Return the identity of the account that stays."""
        return str(relations.identity({"account": self.account}))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Return what tells who it is wherever it stands in a text: address, digest, OpenID, account."""
        if "mbox" in self.identifier:
            address = str(self.identifier["mbox"]).removeprefix("mailto:")
            spelt = dict.fromkeys((address, address.lower()))
            return (*spelt, *(sha1_of(one) for one in spelt))
        if "account" in self.identifier:
            account: Any = self.identifier["account"]
            return (str(account["name"]),) if len(account["name"]) >= SHORTEST else ()
        return tuple(str(value) for value in self.identifier.values())

    @cached_property
    def telling(self) -> frozenset[str]:
        """Return the identities that give way: of an address also its digest."""
        found = [self.identifier]
        if "mbox" in self.identifier:
            found += [{"mbox": f"mailto:{text}"} for text in self.texts if "@" in text]
            found += [{"mbox_sha1sum": text} for text in self.texts if "@" not in text]
        return frozenset(str(relations.identity(one)) for one in found)

    def is_named(self) -> sa.ColumnElement[bool]:
        """Return the condition that an agent has one of the identities."""
        found: sa.ColumnElement[bool] = _AGENT.c.key.in_([interning.digest(one) for one in self.telling])
        return found

    def owns(self, statement: Json, usage: int) -> bool:
        """Say whether they are the actor of a statement; a group is not theirs unless it is nobody else."""
        actor: Any = statement["actor"]
        named = [actor] if relations.identity(actor) else actor.get("member", [])
        return bool(named) and all(relations.identity(one) in self.telling for one in named)


@dataclass(frozen=True)
class Held:
    """How much the store holds of somebody; counting ends at `MOST_COUNTED`, None was not counted."""

    by: int
    of: int
    states: int
    profiles: int
    size: int
    with_files: int | None

    @property
    def is_more(self) -> bool:
        """Say whether there are more statements than were counted."""
        return self.by + self.of > MOST_COUNTED


def known(connection: sa.Connection, identifier: Json) -> Stranger | None:
    """Return somebody whom the store knows by an identifier, or by one that follows from it; else None."""
    asked = Stranger(identifier)
    rows = connection.execute(sa.select(_AGENT.c.names).where(asked.is_named())).all()
    if not rows:
        return None
    names = dict.fromkeys(name for row in rows for name in row.names)
    return Stranger(identifier, names=tuple(names), account=asked.account)


def by_key(connection: sa.Connection, key: bytes) -> Stranger | None:
    """Return the agent with a key, with whoever else has an identifier that follows; else None."""
    identity = connection.scalar(sa.select(_AGENT.c.identity).where(_AGENT.c.key == key))
    identifier: Any = json_text.decode(identity) if identity else None
    return known(connection, identifier) if identifier else None


def by_identity(connection: sa.Connection, identity: str) -> Stranger | None:
    """Return the agent of an identity; else None."""
    return by_key(connection, interning.digest(identity))


def identity_of(stranger: Stranger) -> str:
    """Return the identity by which somebody was found."""
    return str(relations.identity(stranger.identifier))


def key_of(connection: sa.Connection, stranger: Stranger) -> bytes:
    """Return the key under which `by_key` finds somebody whom the store knows."""
    first = sa.select(_AGENT.c.key).where(stranger.is_named()).order_by(_AGENT.c.id).limit(1)
    return bytes(connection.scalar(first) or b"")


def since(connection: sa.Connection, stranger: Stranger) -> datetime:
    """Return when the store first heard of somebody whom it knows."""
    numbers = list(people.agents(connection, stranger).values())
    first = connection.scalar(sa.select(sa.func.min(_LINK.c.seq)).where(_LINK.c.agent_id.in_(numbers)))
    moments_known = [moments.moment(first)] if first else []
    for table in (_STATE, _PROFILE):
        oldest = sa.select(sa.func.min(table.c.updated, type_=table.c.updated.type))
        updated = connection.scalar(oldest.where(table.c.agent_id.in_(numbers)))
        moments_known += [updated] if updated else []
    return min(moments_known, default=clock.now())


def held(connection: sa.Connection, stranger: Stranger) -> Held:
    """Count what the store holds of somebody, without going through more than it must."""
    numbers = list(people.agents(connection, stranger).values())
    is_actor = _LINK.c.usage.bitwise_and(int(AgentUsage.ACTOR)) != 0
    named = sa.select(sa.case((is_actor, 1), else_=0).label("by")).where(_LINK.c.agent_id.in_(numbers))
    some = named.limit(MOST_COUNTED + 1).subquery()
    by, total = connection.execute(sa.select(sa.func.sum(some.c.by), sa.func.count()).select_from(some)).one()
    states, state_bytes = _documents(connection, _STATE, numbers)
    profiles, profile_bytes = _documents(connection, _PROFILE, numbers)
    with_files = None
    if (by or 0) <= MOST_LOOKED_INTO:
        attached = sa.select(sa.func.count(sa.distinct(_LINK.c.seq))).where(
            _LINK.c.agent_id.in_(numbers),
            is_actor,
            _STATEMENT.c.seq == _LINK.c.seq,
            people.holds(connection, b'"attachments"'),
        )
        with_files = connection.scalar(attached)
    return Held(by or 0, total - (by or 0), states, profiles, state_bytes + profile_bytes, with_files)


def mentions(connection: sa.Connection, stranger: Stranger, *, after: int = 0) -> Iterator[int]:
    """Go through all statements in whose text somebody is told, named as an agent or not; reads every one."""
    told = [people.holds(connection, _written(one)) for one in _spelt(stranger)]
    if "account" in stranger.identifier:
        account: Any = stranger.identifier["account"]
        told.append(
            sa.and_(
                *(
                    people.holds(connection, b'"%b":"%b"' % (part.encode(), _written(account[part])))
                    for part in ("homePage", "name")
                )
            )
        )
    query = sa.select(_STATEMENT.c.seq).where(_STATEMENT.c.seq > after, sa.or_(*told))
    yield from connection.scalars(query.order_by(_STATEMENT.c.seq))


def _spelt(stranger: Stranger) -> Iterator[str]:
    yield from dict.fromkeys(one for text in stranger.texts for one in (text, text.upper()))


def _written(text: str) -> bytes:
    """Return a text as it stands within a JSON string of the store."""
    return json_text.encode(text)[1:-1]


def _documents(connection: sa.Connection, table: Any, numbers: list[int]) -> tuple[int, int]:
    sizes = sa.select(sa.func.count(), sa.func.sum(sa.func.length(table.c.content)))
    count, size = connection.execute(sizes.where(table.c.agent_id.in_(numbers))).one()
    return count, int(size or 0)


def sha1_of(address: str) -> str:
    """Return the digest by which statements may name an address."""
    return hashlib.sha1(f"mailto:{address}".encode(), usedforsecurity=False).hexdigest()
