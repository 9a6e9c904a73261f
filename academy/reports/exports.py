"""The completion report as CSV and XLSX: the columns, and the files."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

from flask_babel import gettext as _

from academy.accounts.models import Person
from academy.accounts.states import FOOTNOTE
from academy.locale import language
from academy.reports import names, participations
from academy.reports.filters import Filters
from academy.reports.participations import Participation, Someone
from academy.tables import Column, CsvText, xlsx_file

STATE = Someone._fields.index("state")


def csv_file(viewer: Person, filters: Filters) -> BinaryIO:
    """Write the report as CSV into a temporary file, positioned at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- handed to the caller
    file.writelines(_csv(viewer, filters))
    file.seek(0)
    return file


def xlsx(viewer: Person, filters: Filters) -> BinaryIO:
    """Write the report as XLSX into a temporary file, positioned at its start."""
    return xlsx_file(columns(), _rows(viewer, filters), sheet=_("Completion"))


def columns() -> list[Column]:
    """Return the columns of the report, named in the reader's language."""
    return [
        Column("name_latin", _("Name (Latin)")),
        Column("name_cyrillic", _("Name (Cyrillic)")),
        Column("email", _("E-mail")),
        Column("state", _("State code")),
        Column("state_name", _("State")),
        Column("organisation", _("Organisation")),
        Column("course", _("Course code")),
        Column("title", _("Course")),
        Column("status", _("Status")),
        Column("result", _("Result")),
        Column("score", _("Score (per cent)"), "percent"),
        Column("time_ms", _("Time"), "duration"),
        Column("enrolled", _("Enrolled"), "datetime"),
        Column("started", _("Started"), "datetime"),
        Column("completed", _("Completed on"), "datetime"),
        Column("certificate", _("Certificate number")),
    ]


def status_words() -> dict[str, str]:
    """Return the word for each status."""
    return {
        "completed": _("Completed"),
        "in-progress": _("In progress"),
        "not-started": _("Not started"),
        "failed": _("Failed"),
    }


def _result_words() -> dict[str | None, str]:
    return {"passed": _("Passed"), "failed": _("Failed")}


def _csv(viewer: Person, filters: Filters) -> Iterator[bytes]:
    """Yield the lines of some people at a time.

    What participations have in common is written once: a person, a course, a status, a result.
    """
    text, known, footnote = CsvText(language()), names.all_names(language()), False
    yield text.encoded([text.head(columns())])
    shared = _Shared.of(text, known)
    for batch in participations.by_batch(viewer, filters):
        footnote = footnote or any(person[STATE] in known.footnoted for person, _taken in batch)
        begins = _begins(text, [person for person, _taken in batch], shared)
        rows = [row for _person, taken in batch for row in taken]
        yield text.encoded(_lines(text, begins, shared, rows))
    if footnote:
        yield text.encoded([text.cells(str(FOOTNOTE)), text.separator * (len(columns()) - 1), "\r\n"])


class _Shared(NamedTuple):
    """Ready pieces, each with a separator behind it."""

    states: dict[str | None, str]
    organisations: dict[int | None, str]
    courses: dict[int, str]
    statuses: dict[str, str]
    results: dict[str | None, str]

    @classmethod
    def of(cls, text: CsvText, known: names.Names) -> "_Shared":
        """Write what participations have in common."""
        return cls(
            {code: text.cells(code, name, "") for code, name in known.states.items()},
            {key: text.cells(name, "") for key, name in known.organisations.items()},
            {key: text.cells(*pair, "") for key, pair in known.courses.items()},
            {code: text.cells(word, "") for code, word in status_words().items()},
            {code: text.cells(word, "") for code, word in _result_words().items()},
        )


def _begins(text: CsvText, people: list[Any], shared: _Shared) -> dict[int, str]:
    """Return the first columns of each person's lines, by the person's key."""
    apart, (states, organisations, *_others) = text.separator, shared
    return {
        person: f"{text.cells(latin, cyrillic, email, '')}{states.get(state, apart * 2)}"
        f"{organisations.get(organisation, apart)}"
        for person, latin, cyrillic, email, state, organisation in people
    }


def _lines(text: CsvText, begins: dict[int, str], shared: _Shared, rows: list[Any]) -> list[str]:
    """Return the lines of participations."""
    apart, (_states, _organisations, courses, statuses, results) = text.separator, shared
    percent, duration, minute = text.percent, text.duration, text.minute
    return [
        f"{begins[person]}{courses[course]}{statuses[status]}{results.get(success, apart)}"
        f"{percent(score)}{apart}{duration(time)}{apart}{minute(enrolled)}{apart}{minute(started)}{apart}"
        f"{minute(completed)}{apart}{serial or ''}\r\n"
        for person, course, status, success, score, time, enrolled, started, completed, serial in rows
    ]


def _cells_of(person: Someone, known: names.Names) -> tuple[str | None, ...]:
    """Return what the first columns show of a person."""
    return (
        person.name_latin,
        person.name_cyrillic,
        person.email,
        person.state,
        known.states.get(person.state),
        known.organisations.get(person.organisation),
    )


def _rows(viewer: Person, filters: Filters) -> Iterator[dict[str, object]]:
    """Yield the same as dictionaries, for spreadsheets whose cells have kinds."""
    known, statuses, results = names.all_names(language()), status_words(), _result_words()
    keys, footnote = [column.key for column in columns()], False
    for people in participations.by_batch(viewer, filters):
        for someone, rows in people:
            person = Someone._make(someone)
            begin = _cells_of(person, known)
            footnote = footnote or person.state in known.footnoted
            for one in map(Participation._make, rows):
                end = (
                    *known.courses[one.course],
                    statuses[one.status],
                    results.get(one.success),
                    one.score,
                    one.time_ms,
                    *(_moment(minute) for minute in (one.enrolled, one.started, one.completed)),
                    one.certificate,
                )
                yield dict(zip(keys, begin + end, strict=True))
    if footnote:
        yield {"name_latin": str(FOOTNOTE)}


def _moment(minute: str | None) -> datetime | None:
    return datetime.fromisoformat(minute[:16]).replace(tzinfo=UTC) if minute else None
