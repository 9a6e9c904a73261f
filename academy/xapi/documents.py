"""State and profile documents: put, merge, delete, list (xAPI 1.0.3 Communication 2.2, 2.3, 2.6 and 2.7).

All run in the transaction of the caller; comparing a precondition and writing are one step.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.transactions import take_for
from academy.xapi import interning, json_text, preconditions
from academy.xapi.errors import StatementInvalid, XapiInvalid
from academy.xapi.json_text import Json
from academy.xapi.models import ActivityProfileDocument, AgentProfileDocument, StateDocument
from academy.xapi.preconditions import NONE, Demand, Preconditions

MERGING = "xAPI 1.0.3 Communication 2.2"


@dataclass(frozen=True, slots=True)
class Content:
    """What a document holds."""

    data: bytes
    media_type: str

    @property
    def is_json(self) -> bool:
        """Say whether the media type is that of JSON."""
        return self.media_type.partition(";")[0].strip().lower() == "application/json"


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it is kept."""

    content: Content
    etag: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class StateShelf:
    """Where the documents of one agent in one activity stand; `agent` is an identity."""

    activity: str
    agent: str
    registration: UUID | None = None
    table: Any = StateDocument.__table__

    def owners(self, connection: sa.Connection) -> dict[str, object]:
        """Return the columns that place a new document here."""
        return {
            "activity_id": interning.activities(connection, {self.activity: None})[self.activity],
            "agent_id": interning.agents(connection, {self.agent: []})[self.agent],
            "registration": self.registration,
        }

    def conditions(self, connection: sa.Connection) -> list[sa.ColumnElement[bool]]:
        """Return what selects all documents here, of every registration where none is named."""
        found = [
            self.table.c.activity_id == interning.activity(connection, self.activity),
            self.table.c.agent_id == interning.agent(connection, self.agent),
        ]
        if self.registration is not None:
            found.append(self.table.c.registration == self.registration)
        return found

    def key(self, name: str) -> bytes:
        """Return the digest of the whole address of a document."""
        return _key("state", self.activity, self.agent, str(self.registration or ""), name)


@dataclass(frozen=True, slots=True)
class ActivityShelf:
    """Where the documents about one activity stand."""

    activity: str
    table: Any = ActivityProfileDocument.__table__

    def owners(self, connection: sa.Connection) -> dict[str, object]:
        """Return the columns that place a new document here."""
        return {"activity_id": interning.activities(connection, {self.activity: None})[self.activity]}

    def conditions(self, connection: sa.Connection) -> list[sa.ColumnElement[bool]]:
        """Return what selects all documents here."""
        return [self.table.c.activity_id == interning.activity(connection, self.activity)]

    def key(self, name: str) -> bytes:
        """Return the digest of the whole address of a document."""
        return _key("activity profile", self.activity, name)


@dataclass(frozen=True, slots=True)
class AgentShelf:
    """Where the documents about one agent stand; `agent` is an identity."""

    agent: str
    table: Any = AgentProfileDocument.__table__

    def owners(self, connection: sa.Connection) -> dict[str, object]:
        """Return the columns that place a new document here."""
        return {"agent_id": interning.agents(connection, {self.agent: []})[self.agent]}

    def conditions(self, connection: sa.Connection) -> list[sa.ColumnElement[bool]]:
        """Return what selects all documents here."""
        return [self.table.c.agent_id == interning.agent(connection, self.agent)]

    def key(self, name: str) -> bytes:
        """Return the digest of the whole address of a document."""
        return _key("agent profile", self.agent, name)


Shelf = StateShelf | ActivityShelf | AgentShelf


def read(connection: sa.Connection, shelf: Shelf, name: str) -> Found | None:
    """Return a document, None where there is none of this name."""
    return _read(connection, shelf, name, for_update=False)


def put(
    connection: sa.Connection,
    shelf: Shelf,
    name: str,
    content: Content,
    *,
    given: Preconditions = NONE,
    demand: Demand = Demand.NEVER,
) -> None:
    """Store a document in the place of what was there.

    Raises PreconditionFailed, DocumentConflict or XapiInvalid (`preconditions.check`), and nothing changes.
    """
    known = _read(connection, shelf, name, for_update=True)
    preconditions.check(given, etag=known.etag if known else None, demand=demand)
    _write(connection, shelf, name, content, exists=known is not None)


def merge(
    connection: sa.Connection, shelf: Shelf, name: str, content: Content, *, given: Preconditions = NONE
) -> None:
    """Store the top-level properties of a JSON object over those that a document has already.

    Raises XapiInvalid where one of both is not a JSON object, PreconditionFailed, and nothing changes.
    """
    known = _read(connection, shelf, name, for_update=True)
    preconditions.check(given, etag=known.etag if known else None)
    added = _object(content, "what was sent")
    if known is not None:
        merged = {**_object(known.content, "the stored document"), **added}
        content = Content(json_text.encode(merged), known.content.media_type)
    _write(connection, shelf, name, content, exists=known is not None)


def delete(connection: sa.Connection, shelf: Shelf, name: str, *, given: Preconditions = NONE) -> None:
    """Remove a document; a missing one is no error. Raises PreconditionFailed."""
    known = _read(connection, shelf, name, for_update=True)
    preconditions.check(given, etag=known.etag if known else None)
    connection.execute(sa.delete(shelf.table).where(shelf.table.c.key == shelf.key(name)))


def names(
    connection: sa.Connection, shelf: Shelf, *, since: datetime | None = None
) -> tuple[list[str], datetime | None]:
    """Return the names of the documents here, and when the newest of them was written."""
    table = shelf.table
    query = sa.select(table.c.name, table.c.updated).where(*shelf.conditions(connection))
    if since is not None:
        query = query.where(table.c.updated > since)
    rows = connection.execute(query.order_by(table.c.id)).all()
    newest = max((row.updated for row in rows), default=None)
    return list(dict.fromkeys(row.name for row in rows)), newest


def clear(connection: sa.Connection, shelf: Shelf) -> None:
    """Remove all documents here."""
    connection.execute(sa.delete(shelf.table).where(*shelf.conditions(connection)))


def _read(connection: sa.Connection, shelf: Shelf, name: str, *, for_update: bool) -> Found | None:
    table = shelf.table
    if for_update:  # also where there is no row yet
        take_for(shelf.key(name).hex(), connection)
    columns = (table.c.content, table.c.content_type, table.c.etag, table.c.updated)
    query = sa.select(*columns).where(table.c.key == shelf.key(name))
    row = connection.execute(query).first()
    return Found(Content(bytes(row.content), row.content_type), row.etag, row.updated) if row else None


def _write(connection: sa.Connection, shelf: Shelf, name: str, content: Content, *, exists: bool) -> None:
    values = {
        "content": content.data,
        "content_type": content.media_type,
        "etag": hashlib.sha1(content.data, usedforsecurity=False).hexdigest(),
        "updated": clock.now(),
    }
    table, key = shelf.table, shelf.key(name)
    if exists:
        connection.execute(sa.update(table).where(table.c.key == key).values(**values))
    else:
        owners = shelf.owners(connection)
        connection.execute(sa.insert(table).values(key=key, name=name, **owners, **values))


def _object(content: Content, what: str) -> Json:
    if not content.is_json:
        raise XapiInvalid(f"{what} is not application/json and cannot be merged", clause=MERGING)
    try:
        value = json_text.decode(content.data)
    except StatementInvalid as fault:
        raise XapiInvalid(f"{what}: {fault}", clause=MERGING) from fault
    if not isinstance(value, dict):
        raise XapiInvalid(f"{what} is not a JSON object and cannot be merged", clause=MERGING)
    return value


def _key(*parts: str) -> bytes:
    return interning.digest(json.dumps(parts))
