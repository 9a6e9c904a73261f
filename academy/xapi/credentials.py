"""Keys and secrets of clients, what each may do, and the authority it gives to statements.

A secret is 256 random bits, so its SHA-256 is kept: it cannot be guessed, and no request pays for slow
hashing. Who was found is remembered for a second, so that the row of a client in full flow is not read for
each request; so a credential that is revoked is good for a second more at most. See docs/decisions 22.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from academy import clock
from academy.db import db, iri_base
from academy.errors import Invalid, NotFound
from academy.xapi import store
from academy.xapi.json_text import Json
from academy.xapi.models import Credential

SCOPES = (
    "all",
    "all/read",
    "define",
    "profile",
    "state",
    "statements/read",
    "statements/read/mine",
    "statements/write",
)

_CREDENTIAL: Any = Credential.__table__

#: The moment of last use is written at most so often for each credential.
USE_NOTED_EVERY = timedelta(minutes=1)

REMEMBERED_SECONDS = 1.0
MOST_REMEMBERED = 10_000

_COLUMNS = (
    *("secret_digest", "scopes", "name", "expires", "used", "per_minute", "may_void"),
    *("agent", "registration"),
)
_VALID = sa.select(*(_CREDENTIAL.c[name] for name in _COLUMNS)).where(
    _CREDENTIAL.c.key == sa.bindparam("key"), _CREDENTIAL.c.revoked.is_(None)
)


@dataclass(frozen=True, slots=True)
class Narrow:
    """What alone a credential is for: one agent, by identity, in one registration."""

    agent: str
    registration: UUID


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever sends a request: the scopes, and the agent that becomes the authority of statements."""

    key: str
    scopes: frozenset[str]
    authority: Json
    may_void: bool = False
    per_minute: int | None = None
    used: datetime | None = None
    expires: datetime | None = None
    narrow: Narrow | None = None

    def may(self, *scopes: str) -> bool:
        """Say whether the bearer holds one of these scopes, or the one that covers all."""
        return not self.scopes.isdisjoint({"all", *scopes})


@dataclass(frozen=True, slots=True)
class _Memory:
    """Who was found, under which digest of a secret, and until when that is taken as true."""

    who: Bearer
    digest: bytes
    until: float


_memories: WeakKeyDictionary[sa.Pool, dict[str, _Memory]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Terms:
    """What limits a credential beyond its scopes; `per_minute` None is the limit of the settings, 0 none.

    A narrow one has to expire, and the Academy itself vouches for its statements.
    """

    expires: datetime | None = None
    per_minute: int | None = None
    may_void: bool = False
    narrow: Narrow | None = None


def said(terms: Terms) -> Json:
    """Return the terms that say something, for the audit record."""
    expires = clock.rfc3339(terms.expires) if terms.expires else None
    facts = {"expires": expires, "per_minute": terms.per_minute, "may_void": terms.may_void or None}
    return {name: value for name, value in facts.items() if value is not None}


def issue(
    connection: sa.Connection, *, name: str, scopes: Sequence[str], terms: Terms | None = None
) -> tuple[str, str]:
    """Make a credential and return its key and its secret, which cannot be read again.

    Raises Invalid where there is no scope, an unknown one, an end that is over, or none to a narrow one.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid(f"unknown scope {', '.join(unknown) or '(none)'}; scopes are {', '.join(SCOPES)}")
    terms, now = terms or Terms(), clock.now()
    if terms.expires is not None and terms.expires <= now:
        raise Invalid(f"a credential cannot expire at {clock.rfc3339(terms.expires)}, which is over")
    if terms.narrow is not None and terms.expires is None:
        raise Invalid("a narrow credential has to expire")
    key, secret = secrets.token_hex(10), secrets.token_urlsafe(32)
    values = {"key": key, "secret_digest": _digest(secret), "name": name, "scopes": sorted(set(scopes))}
    limits: dict[str, object] = {
        "expires": terms.expires,
        "per_minute": terms.per_minute,
        "may_void": terms.may_void,
    }
    if terms.narrow is not None:
        limits |= {"agent": terms.narrow.agent, "registration": terms.narrow.registration}
    connection.execute(sa.insert(_CREDENTIAL).values(**values, **limits, created=now))
    return key, secret


def bearer(connection: sa.Connection, *, key: str, secret: str) -> Bearer | None:
    """Return who holds this key and secret, None where they are wrong, revoked or expired."""
    row = connection.execute(_VALID, {"key": key}).first()
    digest = _digest(secret)
    if row is None or not hmac.compare_digest(bytes(row.secret_digest), digest):
        return None
    if row.expires is not None and row.expires <= clock.now():
        return None
    authority: Json = {
        "objectType": "Agent",
        "name": row.name,
        "account": {"homePage": iri_base(), "name": key},
    }
    narrow = Narrow(row.agent, row.registration) if row.agent is not None else None
    if narrow is not None:
        authority = store.own_authority()
    scopes = frozenset(row.scopes)
    may_void = row.may_void or ("all" in scopes and narrow is None)
    who = Bearer(key, scopes, authority, may_void, row.per_minute, row.used, row.expires, narrow)
    memories = _memories.setdefault(connection.engine.pool, {})
    if len(memories) >= MOST_REMEMBERED:
        memories.clear()
    memories[key] = _Memory(who, digest, time.monotonic() + REMEMBERED_SECONDS)
    return who


def remembered(pool: sa.Pool, *, key: str, secret: str) -> Bearer | None:
    """Return who was found with this key and secret a moment ago in the database of a pool."""
    memory = _memories.get(pool, {}).get(key)
    if memory is None or memory.until <= time.monotonic():
        return None
    if not hmac.compare_digest(memory.digest, _digest(secret)):
        return None
    expires = memory.who.expires
    return None if expires is not None and expires <= clock.now() else memory.who


def _forget(connection: sa.Connection, key: str) -> None:
    _memories.get(connection.engine.pool, {}).pop(key, None)


def use_is_due(who: Bearer) -> bool:
    """Say whether it is time to note again that a credential is in use."""
    return who.used is None or clock.now() - who.used >= USE_NOTED_EVERY


def note_use(connection: sa.Connection, *, key: str) -> None:
    """Note that a credential is in use, unless another request has just done so."""
    now = clock.now()
    unnoted = sa.or_(_CREDENTIAL.c.used.is_(None), _CREDENTIAL.c.used <= now - USE_NOTED_EVERY)
    connection.execute(sa.update(_CREDENTIAL).where(_CREDENTIAL.c.key == key, unnoted).values(used=now))
    _forget(connection, key)


@dataclass(frozen=True, slots=True)
class Entry:
    """A credential as it may be shown."""

    key: str
    name: str
    scopes: list[str]
    created: datetime
    revoked: datetime | None
    expires: datetime | None
    used: datetime | None
    per_minute: int | None
    may_void: bool

    @property
    def standing(self) -> str:
        """Return `valid`, `expired` or `revoked`."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= clock.now() else "valid"


_SHOWN = [_CREDENTIAL.c[field.name] for field in fields(Entry)]


def every(connection: sa.Connection) -> list[Entry]:
    """Return all credentials that somebody made for a client, the oldest first; narrow ones come and go."""
    query = sa.select(*_SHOWN).where(_CREDENTIAL.c.agent.is_(None)).order_by(_CREDENTIAL.c.id)
    return [Entry(*row) for row in connection.execute(query)]


def entry(connection: sa.Connection, *, key: str) -> Entry:
    """Return one credential. Raises NotFound."""
    row = connection.execute(sa.select(*_SHOWN).where(_CREDENTIAL.c.key == key)).first()
    if row is None:
        raise NotFound(f"there is no credential {key}")
    return Entry(*row)


def expire(connection: sa.Connection, *, key: str, at: datetime | None) -> None:
    """Set when a credential ceases to be valid, None for never. Raises NotFound."""
    known = entry(connection, key=key)
    connection.execute(sa.update(_CREDENTIAL).where(_CREDENTIAL.c.key == known.key).values(expires=at))
    _forget(connection, key)


def revoke(connection: sa.Connection, *, key: str) -> None:
    """Make a credential useless from now on; doing so twice changes nothing. Raises NotFound."""
    known = connection.scalar(sa.select(_CREDENTIAL.c.id).where(_CREDENTIAL.c.key == key))
    if known is None:
        raise NotFound(f"there is no credential {key}")
    change = sa.update(_CREDENTIAL).where(_CREDENTIAL.c.id == known, _CREDENTIAL.c.revoked.is_(None))
    connection.execute(change.values(revoked=clock.now()))
    _forget(connection, key)


def forget_agents(connection: sa.Connection, identities: Collection[str]) -> None:
    """Remove narrow credentials of agents who are erased."""
    connection.execute(sa.delete(_CREDENTIAL).where(_CREDENTIAL.c.agent.in_(identities)))


def forget_narrow() -> None:
    """Remove narrow credentials that are over; called every minute."""
    over = sa.or_(_CREDENTIAL.c.expires <= clock.now(), _CREDENTIAL.c.revoked.is_not(None))
    db.session.execute(sa.delete(_CREDENTIAL).where(_CREDENTIAL.c.agent.is_not(None), over))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
