"""The only bridge between a person and the name that statements know."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from academy.accounts.models import Person, Pseudonym
from academy.db import db, iri_base


def name_of(person: Person) -> UUID:
    """Return the pseudonym of a person."""
    return person.pseudonym.name


def actor(person: Person) -> dict[str, object]:
    """Return the xAPI agent of a person: an account on our IRI base, nothing that identifies."""
    return actor_named(name_of(person))


def actor_named(name: UUID) -> dict[str, object]:
    """Return the xAPI agent of a pseudonym."""
    return {"objectType": "Agent", "account": {"homePage": iri_base(), "name": str(name)}}


def person_of(name: UUID) -> Person | None:
    """Return the person behind a pseudonym, or None where there is none (any more)."""
    return db.session.scalar(sa.select(Person).join(Pseudonym).where(Pseudonym.name == name))


def people_by_pseudonym(names: Iterable[UUID]) -> dict[UUID, Person]:
    """Return the people behind pseudonyms, in one query; unknown names are left out."""
    found = db.session.execute(
        sa.select(Pseudonym.name, Person).join(Person).where(Pseudonym.name.in_(list(names)))
    )
    return {name: person for name, person in found}  # noqa: C416 -- rows are not pairs for mypy
