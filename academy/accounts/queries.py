"""Reads of people, states and organisations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from academy.accounts import emails, scope
from academy.accounts.models import Grant, Organisation, Person, Role, State, folded
from academy.db import db
from academy.errors import NotFound
from academy.locale import language

PAGE = 25

Ordering = InstrumentedAttribute[str] | InstrumentedAttribute[datetime]


@dataclass(frozen=True)
class Page:
    """A page of people and how many there are in all."""

    people: Sequence[Person]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.total // PAGE))


def person_by_email(text: str) -> Person | None:
    """Return the person of an address, in whatever case it is typed; None for nobody and for no address."""
    try:
        address = emails.normal(text)
    except emails.BadEmail:
        return None
    return db.session.scalar(sa.select(Person).where(Person.email == address))


def person_by_public_id(public_id: UUID) -> Person | None:
    """Return the person of a public id, or None."""
    return db.session.scalar(sa.select(Person).where(Person.public_id == public_id))


def claimant(public_id: UUID, *, viewer: Person) -> Person:
    """Return a person who waits for a decision of the viewer; raises NotFound for everybody else."""
    which = sa.and_(Person.public_id == public_id, scope.claimants_filter(viewer))
    found = db.session.scalar(sa.select(Person).where(which))
    if found is None:
        raise NotFound
    return found


def people_page(viewer: Person, *, query: str = "", number: int = 1) -> Page:
    """Return a page of the people whom the viewer may see, by the name that the reader sees."""
    shown = Person.sort_cyrillic if language() == "ru" else Person.sort_latin
    return _page(scope.people_filter(viewer), query=query, number=number, order=shown)


def claimants_page(viewer: Person, *, query: str = "", number: int = 1) -> Page:
    """Return a page of the people who wait for the viewer's decision, who waits longest first."""
    return _page(scope.claimants_filter(viewer), query=query, number=number, order=Person.created)


_CLAIMANTS = sa.select(sa.func.count()).select_from(Person).where(scope.waiting_filter())


def count_claimants(viewer: Person) -> int:
    """Return how many people wait for the viewer's decision; every page of staff says it."""
    counted = _CLAIMANTS
    if not scope.sees_everybody(viewer):
        counted = sa.select(sa.func.count()).select_from(Person).where(scope.claimants_filter(viewer))
    return db.session.connection().scalar(counted) or 0


def staff() -> list[Person]:
    """Return everybody who holds a role beyond learner, by name."""
    holding = sa.select(Grant.person_id).where(Grant.role != Role.LEARNER)
    scope_of_grants = selectinload(Person.grants)
    found = (
        sa.select(Person)
        .where(Person.id.in_(holding))
        .options(scope_of_grants.joinedload(Grant.state), scope_of_grants.joinedload(Grant.organisation))
    )
    return list(db.session.scalars(found.order_by(Person.name_latin, Person.id)))


def all_people(
    *, role: Role | None = None, state_code: str | None = None, waiting: bool = False
) -> Iterator[Person]:
    """Go through everybody, by address, for the command line; of one role or state, or who waits there."""
    found = sa.select(Person).options(joinedload(Person.state), joinedload(Person.organisation))
    found = found.where(Person.erased.is_(False))
    if role is not None and role != Role.LEARNER:
        found = found.where(Person.id.in_(sa.select(Grant.person_id).where(Grant.role == role)))
    if state_code is not None:
        found = found.where(Person.state_code == state_code)
    if waiting:
        found = found.where(scope.waiting_filter())
    yield from db.session.scalars(found.order_by(Person.email).execution_options(yield_per=500))


def states() -> list[State]:
    """Return every state, by code."""
    return list(db.session.scalars(sa.select(State).order_by(State.code)))


def states_to_choose() -> list[State]:
    """Return the states that a person may name as their own: all but former ones."""
    return [state for state in states() if state.status != "former"]


def state_by_code(code: str) -> State:
    """Return a state; raises NotFound."""
    found = db.session.get(State, code.upper())
    if found is None:
        raise NotFound
    return found


def organisations() -> list[Organisation]:
    """Return all organisations, parents before what is below them."""
    found = db.session.scalars(sa.select(Organisation).order_by(Organisation.path, Organisation.id))
    by_parent: dict[int | None, list[Organisation]] = {}
    for unit in found:
        by_parent.setdefault(unit.parent_id, []).append(unit)
    return list(_walk(by_parent, None))


def organisations_of(state_code: str) -> list[Organisation]:
    """Return the organisations of a state, parents first."""
    return [unit for unit in organisations() if unit.state_code == state_code]


def organisation_by_public_id(public_id: UUID) -> Organisation:
    """Return an organisation; raises NotFound."""
    found = db.session.scalar(sa.select(Organisation).where(Organisation.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def organisation_of_domain(mail_domain: str) -> Organisation | None:
    """Return the organisation whose mail domain this is; subdomains do not count."""
    return db.session.scalar(sa.select(Organisation).where(Organisation.mail_domain == mail_domain))


def _page(which: sa.ColumnElement[bool], *, query: str, number: int, order: Ordering) -> Page:
    words = [Person.folded.contains(word, autoescape=True) for word in folded(query).split()[:8]]
    which = sa.and_(which, Person.erased.is_(False))
    counted = sa.select(sa.func.count()).select_from(Person).where(which, *words)
    found = (
        sa.select(Person)
        .where(which, *words)
        .options(joinedload(Person.state), joinedload(Person.organisation))
        .order_by(order, Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return Page(list(db.session.scalars(found)), db.session.scalar(counted) or 0, number)


def _walk(by_parent: dict[int | None, list[Organisation]], parent: int | None) -> list[Organisation]:
    found = []
    for unit in by_parent.get(parent, []):
        found += [unit, *_walk(by_parent, unit.id)]
    return found
