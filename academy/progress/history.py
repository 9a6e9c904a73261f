"""What the store holds of registrations, as events in the order in which they were stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import eq
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from academy.courses import identifiers
from academy.progress import projection
from academy.progress.projection import Event
from academy.progress.rows import Seat, courses_of_leaves
from academy.xapi import json_text, store
from academy.xapi.models import Statement
from academy.xapi.signals import StoredStatement
from academy.xapi.vocabulary import VOIDED


def events(stored: Iterable[StoredStatement]) -> list[Event]:
    """Return the events among statements."""
    found = []
    leaf_of = _remembering(identifiers.activity_of_iri)
    own = partial(eq, store.own_authority())
    for one in stored:
        event = projection.read(one, leaf_of=leaf_of, own=own)
        if event is not None:
            found.append(event)
    return found


def of_seats(
    connection: sa.Connection, found: Sequence[Event], seats: dict[UUID, Seat]
) -> dict[UUID, list[Event]]:
    """Sort events by registration; one that is no seat, or a leaf of another course, counts for nothing."""
    courses = courses_of_leaves(connection, {event.leaf for event in found})
    sorted_events: dict[UUID, list[Event]] = {}
    for event in found:
        seat = seats.get(event.registration)
        if seat is not None and courses.get(event.leaf) == seat.course_id:
            sorted_events.setdefault(event.registration, []).append(event)
    return sorted_events


def stored_of(connection: sa.Connection, registrations: Iterable[UUID]) -> Iterator[StoredStatement]:
    """Go through the statements of registrations that are not voided, in order."""
    rows = connection.execute(
        sa.select(Statement.seq, Statement.id, Statement.payload)
        .where(Statement.registration.in_(list(registrations)), sa.not_(Statement.voided))
        .order_by(Statement.seq),
        execution_options={"yield_per": 500},
    )
    for seq, identifier, payload in rows:
        statement: Any = json_text.decode(payload)
        yield StoredStatement(seq, identifier, statement)


def is_any_voiding(stored: Iterable[StoredStatement]) -> bool:
    """Say whether one of these voids another."""
    return any(_is_voiding(one) for one in stored)


def registrations_voided_by(connection: sa.Connection, stored: Sequence[StoredStatement]) -> set[UUID]:
    """Return the registrations that lose a statement by the voiding statements among these."""
    targets = [UUID(str(one.statement["object"]["id"])) for one in stored if _is_voiding(one)]  # type: ignore[index]
    if not targets:
        return set()
    found = connection.scalars(sa.select(Statement.registration).where(Statement.id.in_(targets)))
    return {registration for registration in found if registration is not None}


def voided_among(connection: sa.Connection, found: Sequence[Event]) -> set[int]:
    """Return the `seq` of those events whose statement was voided before it came."""
    return set(
        connection.scalars(
            sa.select(Statement.seq).where(
                Statement.seq.between(found[0].seq, found[-1].seq), Statement.voided
            )
        )
    )


def _is_voiding(stored: StoredStatement) -> bool:
    return stored.statement["verb"]["id"] == VOIDED  # type: ignore[index]


def _remembering(function: Callable[[str], UUID | None]) -> Callable[[str], UUID | None]:
    known: dict[str, UUID | None] = {}

    def remembered(iri: str) -> UUID | None:
        if iri not in known:
            known[iri] = function(iri)
        return known[iri]

    return remembered
