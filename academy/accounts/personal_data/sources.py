"""The registry: each room says what it holds about a person, hands it out, and erases it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from flask import Flask, current_app

from academy.accounts.models import Person
from academy.accounts.personal_data.spellings import Spellings
from academy.tables import Column

REGISTRY = "academy.personal_data"

Fate = Literal["goes", "stays"]


@dataclass(frozen=True)
class Subject:
    """The person whom it is about, with all by which rooms know the person; taken before anything goes."""

    person: Person
    id: int
    public_id: UUID
    email: str
    pseudonym: UUID
    spellings: Spellings

    @classmethod
    def of(cls, person: Person) -> "Subject":
        """Take down what a person is known by."""
        names = [person.name_latin, person.name_cyrillic]
        return cls(
            person=person,
            id=person.id,
            public_id=person.public_id,
            email=person.email,
            pseudonym=person.pseudonym.name,
            spellings=Spellings(person.email, names),
        )


@dataclass(frozen=True)
class Holding:
    """How much of one thing a room holds about the person, and whether erasure removes it.

    What stays is told apart from the person: nothing leads from it to them any more.
    """

    code: str
    title: object
    count: int
    fate: Fate = "goes"


@dataclass(frozen=True)
class Entry:
    """One row of a document: what the page shows, and the whole of it where that is more (or JSON text)."""

    shown: Mapping[str, object]
    whole: bytes | Mapping[str, object] | None = None


@dataclass(frozen=True)
class Document:
    """Rows of one thing, for a JSON file and a table of the page; rows may be many and are read once."""

    name: str
    title: object
    columns: Sequence[Column]
    rows: Iterable[Entry]


@dataclass(frozen=True)
class StoredFile:
    """A file that is held about the person, under its name in the archive; read in pieces."""

    name: str
    pieces: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Leftover:
    """What an erasure leaves to do: files that a job removes, and whether a nameless row keeps totals."""

    files: Sequence[str] = ()
    outbox: Sequence[str] = ()
    keeps_totals: bool = False


def _nothing(subject: Subject) -> Iterable[Holding]:
    return ()


@dataclass(frozen=True)
class Source:
    """What one room holds: the tables that it answers for, how to hand them out, and how to erase them."""

    name: str
    title: object
    tables: frozenset[str]
    export: Callable[[Subject], Iterable[Document | StoredFile]]
    erase: Callable[[Subject], Leftover]
    holdings: Callable[[Subject], Iterable[Holding]] = field(default=_nothing)


def register(app: Flask, *rooms: Source) -> None:
    """Name the rooms, in the order of an archive; called in app.py only. Erasure goes the other way round."""
    app.extensions[REGISTRY] = rooms


def all_sources() -> tuple[Source, ...]:
    """Return all rooms, in the order of an archive."""
    found: tuple[Source, ...] = current_app.extensions[REGISTRY]
    return found


def holdings(subject: Subject) -> dict[str, list[Holding]]:
    """Return what every room holds, by the room's name; empty things are left out."""
    found = {source.name: [one for one in source.holdings(subject) if one.count] for source in all_sources()}
    return {name: held for name, held in found.items() if held}
