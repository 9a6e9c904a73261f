"""Keys and secrets of clients, what each may do, and the authority it gives to statements.

A secret is 256 random bits, so its SHA-256 is kept: it cannot be guessed, and no request pays for slow
hashing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from academy import clock
from academy.db import iri_base
from academy.errors import Invalid, NotFound
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

_VALID = sa.select(_CREDENTIAL.c.secret_digest, _CREDENTIAL.c.scopes, _CREDENTIAL.c.name).where(
    _CREDENTIAL.c.key == sa.bindparam("key"), _CREDENTIAL.c.revoked.is_(None)
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever sends a request: the scopes, and the agent that becomes the authority of statements."""

    key: str
    scopes: frozenset[str]
    authority: Json

    def may(self, *scopes: str) -> bool:
        """Say whether the bearer holds one of these scopes, or the one that covers all."""
        return not self.scopes.isdisjoint({"all", *scopes})


def issue(connection: sa.Connection, *, name: str, scopes: Sequence[str]) -> tuple[str, str]:
    """Make a credential and return its key and its secret, which cannot be read again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid(f"unknown scope {', '.join(unknown) or '(none)'}; scopes are {', '.join(SCOPES)}")
    key, secret = secrets.token_hex(10), secrets.token_urlsafe(32)
    values = {"key": key, "secret_digest": _digest(secret), "name": name, "scopes": sorted(set(scopes))}
    connection.execute(sa.insert(_CREDENTIAL).values(**values, created=clock.now()))
    return key, secret


def bearer(connection: sa.Connection, *, key: str, secret: str) -> Bearer | None:
    """Return who holds this key and secret, None where they are wrong or revoked."""
    row = connection.execute(_VALID, {"key": key}).first()
    if row is None or not hmac.compare_digest(bytes(row.secret_digest), _digest(secret)):
        return None
    authority: Json = {
        "objectType": "Agent",
        "name": row.name,
        "account": {"homePage": iri_base(), "name": key},
    }
    return Bearer(key, frozenset(row.scopes), authority)


@dataclass(frozen=True, slots=True)
class Entry:
    """A credential as it may be shown."""

    key: str
    name: str
    scopes: list[str]
    created: datetime
    revoked: datetime | None


def every(connection: sa.Connection) -> list[Entry]:
    """Return all credentials, the oldest first."""
    columns = ("key", "name", "scopes", "created", "revoked")
    query = sa.select(*(_CREDENTIAL.c[column] for column in columns)).order_by(_CREDENTIAL.c.id)
    return [Entry(*row) for row in connection.execute(query)]


def revoke(connection: sa.Connection, *, key: str) -> None:
    """Make a credential useless from now on; doing so twice changes nothing. Raises NotFound."""
    known = connection.scalar(sa.select(_CREDENTIAL.c.id).where(_CREDENTIAL.c.key == key))
    if known is None:
        raise NotFound(f"there is no credential {key}")
    change = sa.update(_CREDENTIAL).where(_CREDENTIAL.c.id == known, _CREDENTIAL.c.revoked.is_(None))
    connection.execute(change.values(revoked=clock.now()))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
