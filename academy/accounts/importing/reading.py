"""Reading CSV as spreadsheets write it: any of three encodings and separators, rows with their lines."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from flask_babel import gettext as _

from academy.errors import Invalid

COLUMNS = ("email", "name_latin", "name_cyrillic", "state", "role", "language", "organisation")
NEEDED = ("email", "name_latin")
SEPARATORS = ",;\t"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
PIECE = 262_144

Share = Callable[[float], None]


class Unreadable(Invalid):
    """The file is no table of text."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where; the header is line 1, `column` is empty where a whole line is wrong."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """The cells of a row by column, trimmed, and the line on which it begins."""

    line: int
    cells: dict[str, str]
    surplus: bool = False


@dataclass(frozen=True)
class Source:
    """A file that can be read: how its text is encoded and its cells are separated, and its header."""

    path: Path
    encoding: str
    separator: str
    header: Sequence[str]

    def header_faults(self) -> Iterator[Fault]:
        """Go through what is wrong with the header."""
        for name in self.header:
            if name and name not in COLUMNS:
                known = ", ".join(COLUMNS)
                yield Fault(1, name, _("There is no such column; there are %(columns)s.", columns=known))
        for name in COLUMNS:
            if self.header.count(name) > 1:
                yield Fault(1, name, _("This column appears twice."))
        for name in NEEDED:
            if name not in self.header:
                yield Fault(1, name, _("This column is missing."))

    def rows(self, *, share: Share = lambda done: None) -> Iterator[Row]:
        """Go through the rows that are not empty; raises Unreadable, naming the line, where the form breaks.

        `share` hears how much of the file is read.
        """
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as raw, TextIOWrapper(raw, self.encoding, newline="") as text:
            for line, cells in _parsed(text, self.separator):
                share(raw.tell() / size)
                if line > 1 and any(cell.strip() for cell in cells):
                    named = dict(zip(self.header, (cell.strip() for cell in cells), strict=False))
                    surplus = any(cell.strip() for cell in cells[len(self.header) :])
                    yield Row(line, {name: named.get(name, "") for name in COLUMNS}, surplus)


def opened(path: Path) -> Source:
    """Find out how a file is to be read; raises Unreadable."""
    encoding = _encoding(path)
    with _text(path, encoding) as text:
        first = text.readline()
    if not first.strip():
        columns = ",".join(COLUMNS)
        raise Unreadable(_("The first line must name the columns: %(columns)s.", columns=columns))
    separator = max(SEPARATORS, key=first.count)
    with _text(path, encoding) as text:
        header = next(cells for _line, cells in _parsed(text, separator))
    return Source(path, encoding, separator, [name.strip().lower() for name in header])


def _parsed(text: IO[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Go through records with the line on which each begins; a cell in quotes may hold line breaks."""
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise Unreadable(
                _("Line %(line)d cannot be read: %(why)s.", line=begins, why=str(error))
            ) from error
        if record is None:
            return
        yield begins, record
        begins = reader.line_num + 1


def _text(path: Path, encoding: str) -> TextIOWrapper:
    """Open a file as text whose line ends are left to csv."""
    return path.open(encoding=encoding, newline="")


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        begin = file.read(PIECE)
        if begin.startswith(BOOKS):
            raise Unreadable(_("This is a spreadsheet. Save it as CSV, then import that file."))
        for bom, encoding in BOMS:
            if begin.startswith(bom):
                return encoding
        if not begin.strip():
            raise Unreadable(_("The file is empty."))
        if b"\0" in begin:
            raise Unreadable(_("This is not a text file."))
    for encoding in ("utf-8", "cp1251"):
        if _is_in(path, encoding):
            return encoding
    raise Unreadable(_("This is not a text file."))


def _is_in(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
