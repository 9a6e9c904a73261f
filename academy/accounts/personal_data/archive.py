"""Everything held about a person as a zip: a page to read and print, JSON of each room, and the files.

Written piece by piece, so that its size does not matter; a page shows the beginning of long lists.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import current_app, render_template
from flask_babel import force_locale, get_locale

from academy import clock
from academy.accounts.models import Person
from academy.accounts.personal_data import sources
from academy.accounts.personal_data.sources import Document, Entry, StoredFile, Subject
from academy.locale import city_of, language, number, percent
from academy.tables import Kind

STYLE = Path(__file__).with_name("archive.css")
SHOWN = 100


@dataclass
class Table:
    """A document as the page shows it: its first rows, and how many there are."""

    title: str
    heads: list[str]
    file: str
    rows: list[list[str]] = field(default_factory=list)
    total: int = 0


@dataclass
class Section:
    """A room as the page shows it."""

    name: str
    title: str
    tables: list[Table] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def write(person: Person, file: IO[bytes]) -> None:
    """Write the archive of a person into a file, in the person's language and zone."""
    subject = Subject.of(person)
    with force_locale(person.language), ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        zone = ZoneInfo(person.time_zone)
        sections = [_section(source, subject, zipped, zone) for source in sources.all_sources()]
        zipped.write(STYLE, "style.css")
        page = render_template(
            "accounts/archive.html",
            name=person.name_in(language()),
            email=person.email,
            made=_moment(clock.now(), zone),
            zone=city_of(zone),
            sections=[one for one in sections if one.tables or one.files],
            held=sources.holdings(subject),
            shown=SHOWN,
            house=current_app.config[f"NAME_{language().upper()}"],
        )
        zipped.writestr("index.html", page)


def file_name(made: datetime | None) -> str:
    """Return the name under which an archive is downloaded."""
    return f"academy-data-{made or clock.now():%Y-%m-%d}.zip"


def _section(source: sources.Source, subject: Subject, zipped: ZipFile, zone: ZoneInfo) -> Section:
    section = Section(source.name, str(source.title))
    for thing in source.export(subject):
        if isinstance(thing, StoredFile):
            if _copy(thing, zipped):
                section.files.append(thing.name)
        else:
            table = _table(source.name, thing, zipped, zone)
            if table.total:
                section.tables.append(table)
    return section


def _table(room: str, document: Document, zipped: ZipFile, zone: ZoneInfo) -> Table:
    table = Table(
        str(document.title), [str(one.title) for one in document.columns], f"data/{room}/{document.name}.json"
    )
    kinds = {column.key: column.kind for column in document.columns}
    with zipped.open(table.file, "w", force_zip64=True) as target:
        for piece in _as_array(_counted(document.rows, table, kinds, zone)):
            target.write(piece)
    return table


def _counted(
    rows: Iterable[Entry], table: Table, kinds: Mapping[str, Kind], zone: ZoneInfo
) -> Iterator[Entry]:
    for row in rows:
        table.total += 1
        if table.total <= SHOWN:
            table.rows.append([_written(row.shown.get(key), kind, zone) for key, kind in kinds.items()])
        yield row


def _as_array(rows: Iterable[Entry]) -> Iterator[bytes]:
    before = b"[\n"
    for row in rows:
        yield before + _as_json(row.whole if row.whole is not None else row.shown)
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def _as_json(value: bytes | Mapping[str, object]) -> bytes:
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> object:
    return clock.rfc3339(value) if isinstance(value, datetime) else str(value)


def _copy(thing: StoredFile, zipped: ZipFile) -> bool:
    """Copy a file into the archive; one that is gone is left out."""
    pieces = iter(thing.pieces())
    try:
        first = next(pieces, b"")
    except FileNotFoundError:
        return False
    with zipped.open(f"files/{thing.name}", "w", force_zip64=True) as target:
        target.write(first)
        for piece in pieces:
            target.write(piece)
    return True


def _written(value: object, kind: Kind, zone: ZoneInfo) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return _moment(value, zone)
    if kind == "percent":
        return percent(float(str(value)))
    if kind == "duration":
        seconds = int(str(value)) // 1000
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return number(float(str(value))) if kind == "number" else str(value)


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    pattern = "dd.MM.yyyy, HH:mm" if language() == "ru" else "d MMM yyyy, HH:mm"
    return str(format_datetime(moment.astimezone(zone), pattern, locale=get_locale()))
