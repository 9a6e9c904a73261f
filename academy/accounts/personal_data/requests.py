"""What people ask about their data: asked, withdrawn, decided by staff, carried out by jobs."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from academy import audit, clock, jobs, mail, storage
from academy.accounts import links, records
from academy.accounts.models import Person, Role
from academy.accounts.personal_data import archive, erasure, own
from academy.accounts.personal_data.models import DataRequest
from academy.db import commit_now, db, reading
from academy.errors import Conflict, NotAllowed, NotFound

COPY, ERASURE = "copy", "erasure"
COPY_LASTS = timedelta(days=7)
CLOSED_KEPT = timedelta(days=365)
FAREWELL = timedelta(minutes=1)
PIECE = 1_048_576
DECIDERS = frozenset({Role.ADMINISTRATOR.value, Role.SECRETARIAT.value})


class AlreadyAsked(Conflict):
    """One request of a kind is open at a time."""

    message = _l("You have asked for this already. Your request is under way.")


class AlreadyDecided(Conflict):
    """Somebody was faster, or the person took the request back."""

    message = _l("This request is no longer waiting: it was decided or withdrawn in the meantime.")


class OwnRequest(NotAllowed):
    """Nobody decides about themselves."""

    message = _l("Somebody else has to decide about your own request.")


def ask(person: Person, kind: str) -> DataRequest:
    """Note that a person asks for a copy of their data or its erasure.

    Raises AlreadyAsked, LastAdministratorStays.
    """
    if kind == ERASURE:
        erasure.refuse_last_administrator(person)
    request = DataRequest(person_id=person.id, kind=kind)
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError as error:
        raise AlreadyAsked from error
    audit.record("data.ask", target=records.person(person), after={"request": kind})
    return request


def withdraw(request: DataRequest) -> None:
    """Take a request back that nobody has decided; raises AlreadyDecided."""
    _lock_waiting(request)
    request.state, request.decided = "withdrawn", clock.now()
    db.session.flush()
    audit.record("data.withdraw", target=records.person(request.person), after={"request": request.kind})


def confirm(request: DataRequest, *, viewer: Person, reason: str) -> None:
    """Let a request be carried out, by a job; the person is told.

    Raises AlreadyDecided, OwnRequest, NotAllowed, LastAdministratorStays.
    """
    _decide(request, "confirmed", viewer=viewer, reason=reason)
    person = request.person
    if request.kind == COPY:
        jobs.add("accounts.copy", request=str(request.public_id))
        return
    erasure.refuse_last_administrator(person)
    _tell(person, "mail/data-erasure", reason=reason)
    due = clock.now() + FAREWELL  # the mail goes first: afterwards there is no address
    jobs.add("accounts.erase", due=due, request=str(request.public_id))


def decline(request: DataRequest, *, viewer: Person, reason: str) -> None:
    """Refuse a request; the person is told why. Raises AlreadyDecided, OwnRequest, NotAllowed."""
    _decide(request, "declined", viewer=viewer, reason=reason)
    _tell(request.person, "mail/data-declined", kind=request.kind, reason=reason)


def of_person(person: Person) -> Sequence[DataRequest]:
    """Return a person's requests, newest first."""
    own = sa.select(DataRequest).where(DataRequest.person_id == person.id)
    return db.session.scalars(own.order_by(DataRequest.id.desc()).limit(20)).all()


def own_request(public_id: UUID, *, person: Person) -> DataRequest:
    """Return a request of the person; raises NotFound for anybody else's."""
    wanted = sa.and_(DataRequest.public_id == public_id, DataRequest.person_id == person.id)
    found = db.session.scalar(sa.select(DataRequest).where(wanted))
    if found is None:
        raise NotFound
    return found


def by_public_id(public_id: UUID) -> DataRequest:
    """Return a request, for those who decide; raises NotFound."""
    found = db.session.scalar(_with_people().where(DataRequest.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def open_ones() -> Sequence[DataRequest]:
    """Return the requests that wait or are being carried out, the oldest first."""
    wanted = _with_people().where(DataRequest.state.in_(["waiting", "confirmed"]))
    return db.session.scalars(wanted.order_by(DataRequest.asked, DataRequest.id).limit(200)).all()


_WAITING = sa.select(sa.func.count()).where(DataRequest.state == "waiting")


def count_waiting() -> int:
    """Return how many requests wait for a decision."""
    return db.session.connection().scalar(_WAITING) or 0


def key_of(public_id: UUID) -> str:
    """Return where the copy that was asked for lies."""
    return f"{own.COPIES}/{public_id}.zip"


def is_ready(request: DataRequest) -> bool:
    """Say whether a copy can be downloaded now."""
    end = until(request)
    return request.state == "ready" and end is not None and end > clock.now()


def until(request: DataRequest) -> datetime | None:
    """Return the moment until which a copy is kept."""
    return request.ready + COPY_LASTS if request.ready else None


def forget_requests() -> None:
    """Remove copies after their days, and closed requests after a year."""
    now = clock.now()
    old = sa.select(DataRequest).where(DataRequest.state == "ready", DataRequest.ready < now - COPY_LASTS)
    for request in db.session.scalars(old):
        storage.delete(key_of(request.public_id))
        request.state = "expired"
    closed = DataRequest.state.in_(["withdrawn", "declined", "expired"])
    db.session.execute(sa.delete(DataRequest).where(closed, DataRequest.asked < now - CLOSED_KEPT))


@jobs.handler("accounts.copy")
def copy_job(job: jobs.Job, *, request: str) -> None:
    """Make the copy that was confirmed and tell the person; one that was made already is left."""
    public_id = UUID(request)
    person = _confirmed(public_id, COPY)
    if person is None:
        return
    person_id = person.id
    commit_now()
    with tempfile.TemporaryFile() as file:
        with reading():
            archive.write(db.session.get_one(Person, person_id), file)
            db.session.rollback()  # ends what only read
        size = storage.put(key_of(public_id), _rewound(file))
    found = db.session.scalar(
        _with_people().where(DataRequest.public_id == public_id).with_for_update(of=DataRequest)
    )
    if found is None or found.state != "confirmed":  # erased meanwhile
        storage.delete(key_of(public_id))
        return
    found.state, found.ready, found.size = "ready", clock.now(), size
    _tell(found.person, "mail/data-copy", days=COPY_LASTS.days)


@jobs.handler("accounts.erase")
def erase_job(job: jobs.Job, *, request: str) -> None:
    """Erase the person whose request was confirmed; the request goes with the person."""
    found = db.session.scalar(_with_people().where(DataRequest.public_id == UUID(request)))
    if found is None or found.state != "confirmed":
        return
    reason = str(found.reason or "")
    erasure.erase(found.person, reason=reason, by=found.decided_by)


def _confirmed(public_id: UUID, kind: str) -> Person | None:
    found = db.session.scalar(_with_people().where(DataRequest.public_id == public_id))
    return found.person if found and found.kind == kind and found.state == "confirmed" else None


def _decide(request: DataRequest, state: str, *, viewer: Person, reason: str) -> None:
    if not viewer.roles & DECIDERS:
        raise NotAllowed
    if viewer.id == request.person_id:
        raise OwnRequest
    _lock_waiting(request)
    request.state, request.decided, request.reason = state, clock.now(), reason
    request.decided_by_id = viewer.id
    db.session.flush()
    act = "data.confirm" if state == "confirmed" else "data.decline"
    audit.record(act, target=records.person(request.person), after={"request": request.kind}, reason=reason)


def _lock_waiting(request: DataRequest) -> None:
    db.session.refresh(request, with_for_update={"of": DataRequest})
    if request.state != "waiting":
        raise AlreadyDecided


def _tell(person: Person, template: str, **context: object) -> None:
    url = links.absolute("accounts.data")
    mail.send(to=person.email, language=person.language, template=template, person=person, url=url, **context)


def _with_people() -> sa.Select[DataRequest]:
    return sa.select(DataRequest).options(joinedload(DataRequest.person), joinedload(DataRequest.decided_by))


def _rewound(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    yield from iter(lambda: file.read(PIECE), b"")
