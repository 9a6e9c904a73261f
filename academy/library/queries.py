"""Reads of the libraries, always for a reader."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from academy import search
from academy.accounts.models import State
from academy.db import db
from academy.errors import NotFound
from academy.library import rules
from academy.library.models import Resource


@dataclass(frozen=True)
class Filters:
    """What a reader looks for: words, and any of the chosen types, languages, years, areas, and a state."""

    text: str = ""
    types: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    state: str = ""

    def accepts(self, resource: Resource, *, but: str = "") -> bool:
        """Say whether a resource meets every filter, except the one named `but`."""
        checks = {
            "types": not self.types or resource.kind in self.types,
            "languages": not self.languages or bool(self.languages & set(resource.languages)),
            "years": not self.years or str(resource.year) in self.years,
            "themes": not self.themes or bool(self.themes & set(resource.themes)),
            "state": not self.state or not resource.states or self.state in resource.states,
        }
        return all(met for name, met in checks.items() if name != but)


@dataclass(frozen=True)
class Found:
    """Resources that meet the filters, and for each facet how many there would be of each value."""

    resources: list[Resource]
    counts: dict[str, Counter[str]]


def find(collection: str, *, reader: Any, filters: Filters) -> Found:
    """Return what a reader may see of a collection: by relevance for words, else newest first."""
    query = sa.select(Resource).where(Resource.collection == collection, rules.readable(reader))
    if filters.text:
        hits = search.matching(collection, filters.text)
        query = query.join(hits, hits.c.document == Resource.public_id).order_by(hits.c.score.desc())
    candidates = list(db.session.scalars(query.order_by(Resource.year.desc(), Resource.reference)))
    return Found(
        resources=[one for one in candidates if filters.accepts(one)],
        counts={
            "types": Counter(one.kind for one in candidates if filters.accepts(one, but="types")),
            "languages": _spread(candidates, filters, "languages"),
            "years": Counter(str(one.year) for one in candidates if filters.accepts(one, but="years")),
            "themes": _spread(candidates, filters, "themes"),
        },
    )


def resource(collection: str, reference: str, *, reader: Any) -> Resource:
    """Return a resource; raises NotFound also where the reader may not know of it."""
    query = sa.select(Resource).where(
        Resource.collection == collection, Resource.reference == reference, rules.readable(reader)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Holdings:
    """What the libraries hold, and the newest documents that exist in one language only."""

    counts: dict[str, int]
    in_both: int
    not_public: int
    single: list[Any]

    @property
    def all(self) -> int:
        """Return the number of documents in all."""
        return sum(self.counts.values())


def holdings(*, reader: Any, most: int) -> Holdings:
    """Count what a reader may see of the libraries, in one query of their short facts."""
    columns = (Resource.collection, Resource.reference, Resource.title, Resource.year)
    found = db.session.execute(
        sa.select(*columns, Resource.languages, Resource.audience)
        .where(rules.readable(reader))
        .order_by(Resource.year.desc(), Resource.reference)
    ).all()
    single = [one for one in found if len(one.languages) == 1]
    counted = Counter(one.collection for one in found)
    return Holdings(
        counts={name: counted[name] for name in ("observatory", "dialogue")},
        in_both=sum(len(one.languages) > 1 for one in found),
        not_public=sum(one.audience != "public" for one in found),
        single=single[:most],
    )


def states() -> Sequence[State]:
    """Return all participating states."""
    return db.session.scalars(sa.select(State)).all()


def _spread(candidates: list[Resource], filters: Filters, name: str) -> Counter[str]:
    return Counter(
        value for one in candidates if filters.accepts(one, but=name) for value in getattr(one, name)
    )
