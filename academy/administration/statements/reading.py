"""Pages of statements in words, new ones since a moment, one statement whole; a fixed number of queries.

A statement gets its place in the order, `seq`, and is committed under one lock (`academy.xapi.consistency`):
who has read up to a `seq` has missed nothing before it, and asks for what lies beyond.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy import clock
from academy.accounts import pseudonyms
from academy.administration.statements.asked import Asked
from academy.administration.statements.sentences import (
    Known,
    Told,
    actors_of,
    person_of,
    reference_of,
    told,
)
from academy.db import db, iri_base
from academy.errors import NotFound
from academy.locale import language
from academy.xapi import consistency, formats, interning, presentation, queries, relations
from academy.xapi.json_text import Json
from academy.xapi.queries import Row
from academy.xapi.vocabulary import VOIDED

PAGE = 50
MOST_NEW = 200  # that one question about new statements brings; the next brings what comes after them
LATE = timedelta(minutes=1)
FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A statement in a list; `happened` where that was well before it was stored."""

    id: UUID
    seq: int
    stored: datetime
    happened: datetime | None
    told: Told
    is_voided: bool
    is_voiding: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """Some statements, newest first; where the pages before and after begin, and up to where all is read.

    `voided` are those, of any page, that were voided since the last question.
    """

    lines: list[Line]
    cursor: int
    newer: int | None = None
    older: int | None = None
    is_behind: bool = False
    voided: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Whole:
    """One statement with all its fields, in one language, and those that void it or that it refers to."""

    line: Line
    row: Row
    happened: datetime
    statement: Json
    known: Known
    voided_by: UUID | None
    referred: Line | None


def newest(asked: Asked, *, before: int | None = None) -> Stream:
    """Return the newest statements that are asked for, or those older than `before`."""
    connection = db.session.connection()
    through = _through(connection)
    found = queries.page(connection, asked.wanted, limit=PAGE, cursor=before)
    cursor = max(through, found.rows[0].seq) if found.rows else through
    newer = found.rows[0].seq if before is not None and found.rows else None
    return Stream(_lines(connection, found.rows, asked), cursor, newer=newer, older=found.cursor)


def newer_page(asked: Asked, *, after: int) -> Stream:
    """Return the page of statements just after one; where fewer are left, the first page."""
    connection = db.session.connection()
    through = _through(connection)
    found = queries.page(connection, replace(asked.wanted, ascending=True), limit=PAGE, cursor=after)
    if found.cursor is None:
        return newest(asked)
    rows = found.rows[::-1]
    return Stream(_lines(connection, rows, asked), through, newer=rows[0].seq, older=rows[-1].seq)


def new_since(asked: Asked, *, cursor: int) -> Stream:
    """Return what was stored after a cursor, each statement once and none left out, however often asked."""
    connection = db.session.connection()
    through = _through(connection)
    found = queries.page(connection, replace(asked.wanted, ascending=True), limit=MOST_NEW, cursor=cursor)
    last = found.rows[-1].seq if found.rows else cursor
    is_behind = found.cursor is not None
    upto = last if is_behind else max(through, last)
    voided = queries.voided_since(connection, cursor, upto=upto)
    return Stream(_lines(connection, found.rows[::-1], asked), upto, is_behind=is_behind, voided=voided)


def whole(statement_id: UUID) -> Whole:
    """Return one statement, voided or not. Raises NotFound."""
    connection = db.session.connection()
    row = raw(statement_id)
    is_voided = bool(queries.voided_among(connection, [row]))
    voiding = queries.voiding(connection, statement_id) if is_voided else None
    statements, known = _prepared(connection, [row])
    statement = statements[0]
    reference = reference_of(statement)
    referred = queries.by_ids(connection, [UUID(reference)]) if reference else {}
    lines = [
        _line(one, known.referred[str(identifier)], known, set()) for identifier, one in referred.items()
    ]
    return Whole(
        line=_line(row, statement, known, {row.seq} if is_voided else set()),
        row=row,
        happened=_happened(statement),
        statement=statement,
        known=known,
        voided_by=UUID(str(voiding.statement["id"])) if voiding else None,
        referred=lines[0] if lines else None,
    )


def raw(statement_id: UUID) -> Row:
    """Return the row of a statement, voided or not. Raises NotFound."""
    found = queries.by_ids(db.session.connection(), [statement_id])
    if statement_id not in found:
        raise NotFound
    return found[statement_id]


def _through(connection: sa.Connection) -> int:
    """Return a `seq` up to which what is read from now on is complete."""
    return clock.microseconds(consistency.newest(connection))


def _lines(connection: sa.Connection, rows: list[Row], asked: Asked) -> list[Line]:
    voided = queries.voided_among(connection, rows) if asked.wanted.with_voided else set()
    statements, known = _prepared(connection, rows)
    return [_line(row, statement, known, voided) for row, statement in zip(rows, statements, strict=True)]


def _line(row: Row, statement: Json, known: Known, voided: set[int]) -> Line:
    verb: Any = statement["verb"]
    happened = _happened(statement)
    return Line(
        id=UUID(str(statement["id"])),
        seq=row.seq,
        stored=row.stored,
        happened=happened if abs(row.stored - happened) > LATE else None,
        told=told(statement, known),
        is_voided=row.seq in voided,
        is_voiding=verb["id"] == VOIDED,
    )


def _happened(statement: Json) -> datetime:
    """Return when it happened; of the first and last days there are, a day on which every zone has a time."""
    found = formats.moment(str(statement["timestamp"]))
    return min(max(found, FIRST), LAST)


def _prepared(connection: sa.Connection, rows: Iterable[Row]) -> tuple[list[Json], Known]:
    """Return statements in the reader's language, and what is known of what they name."""
    statements = [row.statement for row in rows]
    ids = {UUID(one) for one in map(reference_of, statements) if one}
    referred = {str(key): row.statement for key, row in queries.by_ids(connection, sorted(ids)).items()}
    every = [*statements, *referred.values()]
    change = _in_language(connection, every)
    home = iri_base()
    names = {name for one in every for actor in actors_of(one) if (name := person_of(actor, home))}
    people = pseudonyms.people_by_pseudonym(sorted(names)) if names else {}
    known = Known(
        home,
        {name: person.display_name for name, person in people.items() if not person.erased},
        {key: change(one) for key, one in referred.items()},
    )
    return [change(one) for one in statements], known


def _in_language(connection: sa.Connection, statements: list[Json]) -> Any:
    """Return the change of a statement into the canonical format, in the reader's language or in English."""
    iris = {str(activity["id"]) for one in statements for activity, _ in relations.activities_of(one)}
    verbs = {str(verb["id"]) for one in statements for verb in relations.verbs_of(one)}
    definitions: Mapping[str, Json] = interning.definitions_of(connection, sorted(iris)) if iris else {}
    displays = interning.displays(connection, sorted(verbs)) if verbs else {}
    languages = [language(), "en"]

    def change(statement: Json) -> Json:
        return presentation.canonical(
            statement, definitions=definitions, displays=displays, languages=languages
        )

    return change
