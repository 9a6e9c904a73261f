"""The catalogue: published courses by words and facets, in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from academy import search
from academy.courses.models import Activity, Course, Package, PackageVersion
from academy.courses.words import length_of
from academy.db import Texts, db
from academy.locale import language, translated

PAGE = 12
FACETS = ("theme", "language", "level", "hours")


@dataclass(frozen=True)
class Filters:
    """What a reader asked of the catalogue; `chosen` holds the values of each facet."""

    words: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = "newest"
    page: int = 1

    @property
    def count(self) -> int:
        """Return how many facet values are chosen."""
        return sum(len(values) for values in self.chosen.values())

    def asked(self, *, but: str | None = None) -> dict[str, frozenset[str]]:
        """Return the facets in which something is chosen, except one."""
        return {facet: values for facet, values in self.chosen.items() if values and facet != but}


class Listing(NamedTuple):
    """What of a course a catalogue shows; its `named` languages are those of its description."""

    id: int
    public_id: UUID
    code: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    theme: str
    level: str
    hours: float
    demo: bool
    named: list[str] | None

    @property
    def facts(self) -> dict[str, list[str]]:
        """Return what of the facts there is, as a course has them."""
        return {"languages": self.named or []}


_LISTED = (
    sa.select(
        Course.id,
        Course.public_id,
        Course.code,
        sa.cast(Course.title, Texts),
        sa.cast(Course.summary, Texts),
        Course.theme,
        Course.level,
        Course.hours,
        Course.demo,
        Course.facts["languages"],
    )
    .where(Course.status == "published")
    .order_by(Course.created.desc(), Course.id.desc())
)


@dataclass(frozen=True)
class Entry:
    """A course in the catalogue; `sizes` are bytes of its packages per language."""

    course: Course | Listing
    sizes: Mapping[str, int]

    @property
    def languages(self) -> list[str]:
        """Return the languages in which the course can be taken, else those its catalogue entry names."""
        return sorted(self.sizes) or list(self.course.facts.get("languages", ()))

    @property
    def size(self) -> int:
        """Return the size in the reader's language, else the largest; 0 where there is no package."""
        return self.sizes.get(language()) or max(self.sizes.values(), default=0)

    def values(self, facet: str) -> frozenset[str]:
        """Return the values of the course in a facet."""
        if facet == "language":
            return frozenset(self.languages)
        if facet == "hours":
            return frozenset({length_of(self.course.hours)})
        return frozenset({str(getattr(self.course, facet))})


@dataclass(frozen=True)
class Catalogue:
    """One page of the catalogue, with the count of each facet value if it were chosen."""

    entries: list[Entry]
    found: int
    total: int
    pages: int
    counts: Mapping[str, Counter[str]]
    nearest: list[Entry]


def catalogue(filters: Filters) -> Catalogue:
    """Return the published courses that match the words and every facet, one page of them."""
    everything = _entries()
    scores = _scores(filters.words) if filters.words else None
    worded = [entry for entry in everything if scores is None or entry.course.public_id in scores]
    found = _sorted(_that_match(worded, filters.asked()), filters, scores)
    pages = max(1, -(-len(found) // PAGE))
    start = (min(filters.page, pages) - 1) * PAGE
    nearest = [] if found else (worded or everything)[:2]
    counts = {facet: _counts(_that_match(worded, filters.asked(but=facet)), facet) for facet in FACETS}
    return Catalogue(found[start : start + PAGE], len(found), len(everything), pages, counts, nearest)


def _entries() -> list[Entry]:
    sizes = _sizes()
    return [Entry(Listing(*row), sizes.get(row[0], {})) for row in db.session.connection().execute(_LISTED)]


_SIZES = (
    sa.select(Activity.course_id, Package.language, sa.func.sum(PackageVersion.size))
    .join(Course, Course.id == Activity.course_id)
    .join(Package, Package.activity_id == Activity.id)
    .join(PackageVersion, PackageVersion.id == Package.current_id)
    .where(Course.status == "published", Activity.removed.is_(False))
    .group_by(Activity.course_id, Package.language)
)


def _sizes() -> dict[int, dict[str, int]]:
    sizes: dict[int, dict[str, int]] = {}
    for course_id, package_language, size in db.session.connection().execute(_SIZES):
        sizes.setdefault(course_id, {})[package_language] = int(size)
    return sizes


def _scores(words: str) -> dict[UUID, int]:
    hits = search.matching("courses", words)
    return {document: int(score) for document, score in db.session.execute(sa.select(hits))}


def _that_match(entries: list[Entry], asked: Mapping[str, frozenset[str]]) -> list[Entry]:
    if not asked:
        return entries
    return [
        entry for entry in entries if all(values & entry.values(facet) for facet, values in asked.items())
    ]


def _counts(entries: list[Entry], facet: str) -> Counter[str]:
    return Counter(value for entry in entries for value in entry.values(facet))


def _sorted(entries: list[Entry], filters: Filters, scores: Mapping[UUID, int] | None) -> list[Entry]:
    if filters.sort == "title":
        return sorted(entries, key=lambda entry: translated(entry.course.title).casefold())
    if scores is not None:
        return sorted(entries, key=lambda entry: -scores[entry.course.public_id])
    return entries
