"""Tables for spreadsheets: CSV that Excel opens in both languages, and XLSX."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, BinaryIO, Literal

from flask_babel import get_timezone

from academy.locale import city_of

BOM = "\ufeff"
SEPARATOR = {"ru": ";", "en": ","}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
INNER = re.compile(r"([;,]\s*)(?=[=+@＝＋－＠]|-[^\s])")
MOST_SHEET_NAME = 31
DAY = timedelta(days=1)
HOURS = [f" {number:02d}" for number in range(24)]
MINUTES_AND_SECONDS = [f"{minute:02d}:{second:02d}" for minute in range(60) for second in range(60)]
MOST_FIGURES = 4096

Kind = Literal["text", "number", "percent", "datetime", "duration"]
Row = Mapping[str, object]


@dataclass(frozen=True)
class Column:
    """A column: the key in each row, the head in the reader's language, and the kind of its cells.

    Kinds: text; number; percent (a fraction); datetime (aware); duration (milliseconds).
    """

    key: str
    title: str
    kind: Kind = "text"


def csv_stream(columns: Sequence[Column], rows: Iterable[Row], *, language: str) -> Iterator[str]:
    """Write CSV piece by piece: UTF-8 with BOM, `;` and decimal comma in Russian, `,` and point in English.

    Text that a spreadsheet would take for a formula is preceded by an apostrophe (OWASP, CSV injection).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=SEPARATOR[language], lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([_harmless(_head(column)) for column in columns])
    cells = [(column.key, _csv_writer(column.kind, language)) for column in columns]
    for row in rows:
        writer.writerow(["" if (value := row.get(key)) is None else write(value) for key, write in cells])
        if buffer.tell() > 32_768:
            yield _drain(buffer)
    yield _drain(buffer)


class CsvText:
    """How one reader's CSV is written, for long lists that put their lines together from ready pieces.

    Pieces hold neither separators nor quotes of their own but those of `cells`. They are UTF-8 already, each
    character of them a byte: so lines with letters of any alphabet are as short and as quick as plain ones.
    """

    def __init__(self, language: str) -> None:
        """Choose separators and decimal sign by language, the clock by the reader's zone."""
        self.separator = SEPARATOR[language]
        self._writer = csv.writer(_Echo(), delimiter=self.separator, lineterminator="")
        write = _csv_writer("percent", language)
        #: Writes a fraction as per cent, or nothing; the same many times, as scores are.
        self.percent = lru_cache(MOST_FIGURES)(lambda one: "" if one is None else write(one))
        self._hours = _Hours(get_timezone(), russian=language == "ru")

    def head(self, columns: Sequence[Column]) -> str:
        """Return the first line, behind the mark of UTF-8."""
        return f"{_bytewise(BOM)}{self.cells(*(_head(column) for column in columns))}\r\n"

    def cells(self, *texts: str | None) -> str:
        """Return what people wrote as cells, made harmless and quoted where needed."""
        line: str = self._writer.writerow([_harmless(text) if text else "" for text in texts])
        return line if line.isascii() else _bytewise(line)

    @staticmethod
    def encoded(pieces: Iterable[str]) -> bytes:
        """Return pieces as the bytes of a file."""
        return "".join(pieces).encode("latin-1")

    def duration(self, milliseconds: int | None) -> str:
        """Return milliseconds as hours, minutes and seconds."""
        return "" if milliseconds is None else _csv_duration(milliseconds)

    def minute(self, moment: str | None) -> str:
        """Return a text that begins with a minute of UTC, as `2026-11-24 09:30`, on the reader's clock."""
        if not moment:
            return ""
        hour = self._hours[moment[:13]]
        return hour + moment[13:16] if hour else self._hours.whole(moment)


class _Echo:
    """Gives back what a writer of CSV writes."""

    def write(self, text: str) -> str:
        return text


def _bytewise(text: str) -> str:
    return text.encode().decode("latin-1")


def xlsx_file(columns: Sequence[Column], rows: Iterable[Row], *, sheet: str) -> BinaryIO:
    """Write XLSX to a temporary file, in constant memory; the file is positioned at its start.

    Text is always written as text, never as a formula or link.
    """
    import xlsxwriter  # noqa: PLC0415 -- slow import

    file = tempfile.TemporaryFile()  # noqa: SIM115 -- handed to the caller
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(_sheet_name(sheet))
        head = book.add_format(
            {"bold": True, "bg_color": "#F2EFE7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        formats = {
            "percent": book.add_format({"num_format": "0%"}),
            "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "duration": book.add_format({"num_format": "[h]:mm:ss"}),
        }
        for position, column in enumerate(columns):
            page.set_column(position, position, 26 if column.kind == "text" else 17)
            page.write_string(0, position, _head(column), head)
        page.freeze_panes(1, 0)
        count = 0
        for count, row in enumerate(rows, start=1):
            for position, column in enumerate(columns):
                _write_cell(page, count, position, row.get(column.key), column.kind, formats.get(column.kind))
        page.autofilter(0, 0, count, len(columns) - 1)
    file.seek(0)
    return file


def _head(column: Column) -> str:
    """Return the head of a column; where it holds moments, with the place whose clock they follow."""
    return f"{column.title} ({city_of(get_timezone())})" if column.kind == "datetime" else column.title


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _csv_writer(kind: Kind, language: str) -> Callable[[Any], str]:
    """Return how cells of a kind are written; what rows have in common is worked out once."""
    if kind == "text":
        return _csv_text
    if kind == "datetime":
        return _csv_moments(get_timezone(), language)
    if kind == "duration":
        return _csv_duration
    comma = language == "ru"
    as_text: Callable[[Any], str] = _csv_percent if kind == "percent" else str
    return (lambda value: as_text(value).replace(".", ",")) if comma else as_text


def _csv_text(value: Any) -> str:
    return _harmless(value if isinstance(value, str) else str(value))


def _csv_percent(fraction: float) -> str:
    return f"{fraction * 100:g}"


def _csv_duration(milliseconds: int) -> str:
    hours, seconds = divmod(milliseconds // 1000, 3600)
    return f"{hours}:{MINUTES_AND_SECONDS[seconds]}"


def _csv_moments(zone: tzinfo, language: str) -> Callable[[datetime], str]:
    """Return how moments are written on the clock of a zone; its distance from UTC is asked once an hour."""
    distances: dict[tuple[int, int, int, int], timedelta] = {}
    russian = language == "ru"

    def write(moment: datetime) -> str:
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC)
        hour = (moment.year, moment.month, moment.day, moment.hour)
        distance = distances.get(hour)
        if distance is None:
            distance = distances[hour] = moment.astimezone(zone).utcoffset() or timedelta()
        text = (moment + distance).isoformat(" ", "minutes")
        return f"{text[8:10]}.{text[5:7]}.{text[:4]}{text[10:16]}" if russian else text[:16]

    return write


class _Hours(dict[str, str]):
    """Hours of UTC, as `2026-11-24 09`, and the same on a clock; empty where the distance has minutes.

    The hours of a day are written together: where clocks are not changed on it, one distance serves all.
    """

    def __init__(self, zone: tzinfo, *, russian: bool) -> None:
        self.zone = zone
        self.day, self.form = (
            ("{2}.{1}.{0}", "%d.%m.%Y %H:%M") if russian else ("{0}-{1}-{2}", "%Y-%m-%d %H:%M")
        )

    def __missing__(self, hour: str) -> str:
        begin = datetime.fromisoformat(f"{hour[:10]} 00:00+00:00")
        first, last = (moment.astimezone(self.zone) for moment in (begin, begin + DAY))
        if first.utcoffset() != last.utcoffset():
            moments = ((begin + timedelta(hours=number)).astimezone(self.zone) for number in range(24))
            written = ["" if one.minute else self._day(one) + HOURS[one.hour] for one in moments]
        elif first.minute:
            written = [""] * 24
        else:
            today, tomorrow = self._day(first), self._day(last)
            written = [today + one for one in HOURS[first.hour :]]
            written += [tomorrow + one for one in HOURS[: first.hour]]
        self.update(zip([hour[:10] + one for one in HOURS], written, strict=True))
        return self[hour]

    def whole(self, minute: str) -> str:
        """Return a minute of UTC on the clock, where the distance has minutes."""
        return datetime.fromisoformat(f"{minute[:16]}+00:00").astimezone(self.zone).strftime(self.form)

    def _day(self, moment: datetime) -> str:
        return self.day.format(*moment.date().isoformat().split("-"))


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula, also behind spaces.

    Also behind separators: Excel cuts where its own language does, whatever the language of the file.
    """
    if ";" in text or "," in text:
        text = INNER.sub(r"\1'", text)
    first = text[:1]
    if first.isalnum() or not first:
        return text
    return f"'{text}" if text.lstrip().startswith(DANGEROUS) else text


def _write_cell(page: object, row: int, position: int, value: object, kind: Kind, style: object) -> None:
    if value is None:
        return
    if kind == "text":
        page.write_string(row, position, str(value)[:32_767])  # type: ignore[attr-defined]
    elif isinstance(value, datetime):
        page.write_datetime(row, position, value.astimezone(get_timezone()).replace(tzinfo=None), style)  # type: ignore[attr-defined]
    else:
        amount = float(str(value)) / 86_400_000 if kind == "duration" else float(str(value))
        page.write_number(row, position, amount, style)  # type: ignore[attr-defined]


def _sheet_name(text: str) -> str:
    return "".join(letter for letter in text if letter not in "[]:*?/\\'")[:MOST_SHEET_NAME] or "1"
