"""Agents, verbs and activities become rows once, and are known by number afterwards.

Rows are made and changed in the order of their keys, so that two writers never wait for each other crosswise.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from academy.transactions import Turn, take
from academy.xapi import definitions, json_text, memory
from academy.xapi.batches import pieces
from academy.xapi.json_text import Json
from academy.xapi.models import DIGEST, Agent, StoredActivity, Verb

_AGENT = Agent.__table__
_VERB = Verb.__table__
_ACTIVITY = StoredActivity.__table__
_CONTENT = {_AGENT: "names", _VERB: "display", _ACTIVITY: "definition"}
_BY_KEYS = {
    table: sa.select(table.c.key, table.c.id, table.c[content]).where(
        table.c.key.in_(sa.bindparam("keys", expanding=True))
    )
    for table, content in _CONTENT.items()
}


@dataclass(frozen=True)
class Named:
    """What a batch of statements names: agents with names, verbs with words, activities with definitions."""

    agents: dict[str, list[str]] = field(default_factory=dict)
    verbs: dict[str, Json | None] = field(default_factory=dict)
    activities: dict[str, Json | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Numbers:
    """The row numbers of agents, verbs and activities."""

    agents: dict[str, int] = field(default_factory=dict)
    verbs: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)


def digest(text: str) -> bytes:
    """Return the key under which a text of any length is found."""
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


def insert_ignoring(connection: sa.Connection, table: sa.FromClause, rows: list[dict[str, Any]]) -> None:
    """Insert rows; those that would break a unique constraint are left out."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def known(connection: sa.Connection, named: Named) -> Numbers:
    """Return the row numbers of what is known and would not change; reads only."""
    return Numbers(
        _known_agents(connection, named.agents),
        _known(connection, _VERB, "display", named.verbs),
        _known(connection, _ACTIVITY, "definition", named.activities),
    )


def numbers(connection: sa.Connection, named: Named, *, beyond: Numbers) -> Numbers:
    """Return all row numbers, for whoever has the turn of the statements; asks for what is not known yet."""
    return Numbers(
        beyond.agents | agents(connection, _without(named.agents, beyond.agents)),
        beyond.verbs | verbs(connection, _without(named.verbs, beyond.verbs)),
        beyond.activities | activities(connection, _without(named.activities, beyond.activities)),
    )


def agents(connection: sa.Connection, found: Mapping[str, list[str]]) -> dict[str, int]:
    """Return the row numbers of identities; names that are new for one are added to its names."""
    rows = _rows(connection, _AGENT, "identity", list(found))
    for identity in _ordered(found):
        number, known = rows[identity]
        names = list(dict.fromkeys([*known, *found[identity]]))
        if names != known:
            _change(connection, _AGENT, number, names=names)
    return {identity: number for identity, (number, _) in rows.items()}


def verbs(connection: sa.Connection, found: Mapping[str, Json | None]) -> dict[str, int]:
    """Return the row numbers of verbs; words for further languages are added, newer words win."""
    return _grown(connection, _VERB, "display", found)


def activities(connection: sa.Connection, found: Mapping[str, Json | None]) -> dict[str, int]:
    """Return the row numbers of activities; their canonical definitions grow by what is new."""
    return _grown(connection, _ACTIVITY, "definition", found)


def agent(connection: sa.Connection, identity: str) -> int | None:
    """Return the row number of an identity that is known already."""
    return connection.scalar(sa.select(_AGENT.c.id).where(_AGENT.c.key == digest(identity)))


def verb(connection: sa.Connection, iri: str) -> int | None:
    """Return the row number of a verb that is known already."""
    return connection.scalar(sa.select(_VERB.c.id).where(_VERB.c.key == digest(iri)))


def activity(connection: sa.Connection, iri: str) -> int | None:
    """Return the row number of an activity that is known already."""
    return connection.scalar(sa.select(_ACTIVITY.c.id).where(_ACTIVITY.c.key == digest(iri)))


def displays(connection: sa.Connection, iris: list[str]) -> dict[str, Json]:
    """Return the words known for verbs, by IRI."""
    return _contents(connection, _VERB, iris)


def definitions_of(connection: sa.Connection, iris: list[str]) -> dict[str, Json]:
    """Return the canonical definitions known for activities, by IRI."""
    return _contents(connection, _ACTIVITY, iris)


def names_of(connection: sa.Connection, identity: str) -> list[str]:
    """Return the names that statements gave to an identity."""
    return connection.scalar(sa.select(_AGENT.c.names).where(_AGENT.c.key == digest(identity))) or []


def _known_agents(connection: sa.Connection, found: Mapping[str, list[str]]) -> dict[str, int]:
    rows = _select(connection, _AGENT, {digest(identity): identity for identity in found})
    return {
        identity: number for identity, (number, names) in rows.items() if set(found[identity]) <= set(names)
    }


def _known(
    connection: sa.Connection, table: Any, column: str, found: Mapping[str, Json | None]
) -> dict[str, int]:
    """Return the row numbers of IRIs of which nothing new is given; what is not remembered is read."""
    remembered = memory.recall(connection, table)
    unknown = {digest(iri): iri for iri in found if iri not in remembered}
    for iri, (number, kept) in _select(connection, table, unknown).items():
        memory.keep(connection, table, iri, number, _decoded(kept))
    return _remembered(connection, table, column, found)


def _remembered(
    connection: sa.Connection, table: Any, column: str, found: Mapping[str, Json | None]
) -> dict[str, int]:
    known, numbers = memory.recall(connection, table), {}
    for iri, given in found.items():
        number, content = known.get(iri, (None, {}))
        if number is not None and (not given or _merged(column, content, given) == content):
            numbers[iri] = number
    return numbers


def _grown(
    connection: sa.Connection, table: Any, column: str, found: Mapping[str, Json | None]
) -> dict[str, int]:
    """Return the row numbers of IRIs; what is given of one is added to what is kept of it."""
    numbers = _remembered(connection, table, column, found)
    asked = {iri: given for iri, given in found.items() if iri not in numbers}
    if not asked:
        return numbers
    rows = _rows(connection, table, "iri", list(asked))
    for iri in sorted(asked, key=digest):
        (number, kept), given = rows[iri], asked[iri]
        content = _decoded(kept)
        merged = _merged(column, content, given) if given else content
        if merged != content:
            _change(connection, table, number, **{column: json_text.encode(merged)})
            memory.touch(connection, table, [iri])
        memory.keep(connection, table, iri, number, content)
        numbers[iri] = number
    return numbers


def _merged(column: str, known: Json, given: Json) -> Json:
    return definitions.merged(known, given) if column == "definition" else {**known, **given}


def _decoded(kept: bytes | None) -> Json:
    known = json_text.decode(kept) if kept else {}
    assert isinstance(known, dict)
    return known


def _rows(connection: sa.Connection, table: Any, text: str, texts: list[str]) -> dict[str, tuple[int, Any]]:
    by_key = {digest(item): item for item in texts}
    rows = _select(connection, table, by_key)
    missing = sorted(key for key, item in by_key.items() if item not in rows)
    if missing:
        take(Turn.STATEMENTS, connection)  # who makes rows is alone, whatever the order of the tables
        rows |= _select(connection, table, {key: by_key[key] for key in missing})
        missing = [key for key in missing if by_key[key] not in rows]
    if missing:
        empty: dict[str, Any] = {"names": []} if table is _AGENT else {}
        memory.touch(connection, table, [by_key[key] for key in missing])
        insert_ignoring(connection, table, [{"key": key, text: by_key[key], **empty} for key in missing])
        rows |= _select(connection, table, {key: by_key[key] for key in missing})
    return rows


def _select(connection: sa.Connection, table: Any, by_key: Mapping[bytes, str]) -> dict[str, tuple[int, Any]]:
    rows: dict[str, tuple[int, Any]] = {}
    for keys in pieces(list(by_key)):
        for key, number, value in connection.execute(_BY_KEYS[table], {"keys": keys}):
            rows[by_key[bytes(key)]] = (number, value)
    return rows


def _change(connection: sa.Connection, table: Any, number: int, **values: object) -> None:
    connection.execute(sa.update(table).where(table.c.id == number).values(**values))


def _without(found: Mapping[str, Any], known: Mapping[str, int]) -> dict[str, Any]:
    return {text: given for text, given in found.items() if text not in known}


def _ordered(found: Mapping[str, object]) -> list[str]:
    return sorted((text for text, given in found.items() if given), key=digest)


def _contents(connection: sa.Connection, table: Any, iris: list[str]) -> dict[str, Json]:
    rows = _select(connection, table, {digest(iri): iri for iri in iris})
    decoded = {iri: json_text.decode(bytes(text)) for iri, (_, text) in rows.items() if text}
    return {iri: value for iri, value in decoded.items() if isinstance(value, dict)}
