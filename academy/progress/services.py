"""Folding statements into the projection, and mending a registration whose projection failed."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from academy import clock, jobs
from academy.progress import completion, history, rows
from academy.progress.completion import Standing
from academy.progress.models import StaleRegistration
from academy.progress.projection import CourseCompletion, Event
from academy.progress.rows import Seat
from academy.progress.signals import course_completed
from academy.transactions import Turn, take
from academy.xapi.batches import pieces
from academy.xapi.signals import StoredStatement

log = logging.getLogger(__name__)


def apply(sender: sa.Connection, *, stored: Sequence[StoredStatement]) -> None:
    """Fold new statements into the projection, in the transaction that stores them.

    Never raises: where the projection fails, the statements are kept, their registrations are marked stale
    and a job is queued that mends them.
    """
    try:
        found, voids = history.events(stored), history.is_any_voiding(stored)
        if not found and not voids:
            return
        with sender.begin_nested():
            _project(sender, stored, found)
    except Exception as fault:
        log.exception("the projection failed; %s statements are kept", len(stored))
        _mark_stale(sender, _registrations(stored), fault)


def mend(connection: sa.Connection, registration: UUID) -> None:
    """Fold all statements of a registration afresh, announce a completion that was missed, clear the mark."""
    take(Turn.STATEMENTS, connection)  # so that none comes between the reading and the writing
    _refold(connection, {registration})
    connection.execute(sa.delete(StaleRegistration).where(StaleRegistration.registration == registration))


def fold_afresh(connection: sa.Connection, registrations: Iterable[UUID]) -> None:
    """Fold what is left of registrations that have lost statements, in the transaction that removed them."""
    for some in pieces(sorted(registrations)):
        seats = rows.seats(connection, some)
        if seats:
            _refold(connection, set(seats))


def replayed(
    connection: sa.Connection, registrations: Iterable[UUID]
) -> tuple[dict[UUID, Standing], dict[UUID, Seat]]:
    """Return what the statements of registrations come to, and whose they are; changes nothing."""
    seats = rows.seats(connection, registrations)
    found = history.events(history.stored_of(connection, seats))
    by_registration = history.of_seats(connection, found, seats)
    return _advanced(connection, {}, by_registration, seats), seats


def _project(
    connection: sa.Connection, stored: Sequence[StoredStatement], events_among: Sequence[Event]
) -> None:
    afresh = history.registrations_voided_by(connection, stored)
    found = [event for event in events_among if event.registration not in afresh]
    if afresh:
        _refold(connection, afresh)
    if not found:
        return
    voided = history.voided_among(connection, found)
    seats = rows.seats(connection, {event.registration for event in found})
    events = history.of_seats(connection, [event for event in found if event.seq not in voided], seats)
    before = rows.standings(connection, events)
    after = _advanced(connection, before, events, seats)
    rows.save(connection, before, after, seats)
    _announce_new(connection, before, after, seats)


def _advanced(
    connection: sa.Connection,
    before: Mapping[UUID, Standing],
    events: Mapping[UUID, Sequence[Event]],
    seats: Mapping[UUID, Seat],
) -> dict[UUID, Standing]:
    rules = rows.rules(connection, {seats[registration].course_id for registration in events})
    return {
        registration: completion.advance(
            before.get(registration, Standing()), found, rules.get(seats[registration].course_id, ())
        )
        for registration, found in events.items()
    }


def _refold(connection: sa.Connection, registrations: set[UUID]) -> None:
    before = rows.standings(connection, registrations)
    after, seats = replayed(connection, registrations)
    rows.forget(connection, registrations)
    rows.save(connection, {}, after, seats)
    _announce_new(connection, before, after, seats)


def _announce_new(
    connection: sa.Connection,
    before: Mapping[UUID, Standing],
    after: Mapping[UUID, Standing],
    seats: Mapping[UUID, Seat],
) -> None:
    for registration, standing in after.items():
        completed = standing.course.completed
        was = before.get(registration, Standing()).course.completed
        if completed is not None and was is None:
            seat = seats[registration]
            news = CourseCompletion(registration, seat.course_id, seat.person_id, completed)
            course_completed.send(connection, completion=news)


def _registrations(stored: Iterable[StoredStatement]) -> set[UUID]:
    found = (one.statement.get("context") for one in stored)
    return {
        UUID(context["registration"])
        for context in found
        if isinstance(context, dict) and "registration" in context
    }


def _mark_stale(connection: sa.Connection, registrations: set[UUID], fault: Exception) -> None:
    connection.execute(sa.delete(StaleRegistration).where(StaleRegistration.registration.in_(registrations)))
    for registration in registrations:
        connection.execute(
            sa.insert(StaleRegistration).values(
                registration=registration, since=clock.now(), fault=f"{type(fault).__name__}: {fault}"
            )
        )
        jobs.add_on(connection, "progress.rebuild", registration=str(registration))
