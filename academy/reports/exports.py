"""The completion report as CSV and XLSX: the columns, and the files."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from flask_babel import gettext as _

from academy.accounts.models import Person
from academy.accounts.states import FOOTNOTE
from academy.locale import language, translated
from academy.reports import queries
from academy.reports.filters import Filters
from academy.tables import Column, csv_stream, xlsx_file


def csv_file(viewer: Person, filters: Filters) -> BinaryIO:
    """Write the report as CSV into a temporary file, positioned at its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- handed to the caller
    for piece in csv_stream(columns(), _rows(viewer, filters), language=language()):
        file.write(piece.encode("utf-8"))
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


def _rows(viewer: Person, filters: Filters) -> Iterator[dict[str, object]]:
    statuses, results = status_words(), {"passed": _("Passed"), "failed": _("Failed")}
    spoken, footnote = language(), False
    for row in queries.participations(viewer, filters):
        mark = "*" if row["footnote"] else ""
        footnote = footnote or bool(mark)
        row["state_name"] = translated(row["state_name"], spoken) + mark  # type: ignore[arg-type]
        row["organisation"] = translated(row["organisation"], spoken)  # type: ignore[arg-type]
        row["title"] = translated(row["title"], spoken)  # type: ignore[arg-type]
        row["status"] = statuses[row["status"]]  # type: ignore[index]
        row["result"] = results.get(row["success"], "")  # type: ignore[call-overload]
        yield row
    yield from _footnotes(footnote)


def _footnotes(wanted: bool) -> Iterable[dict[str, object]]:
    return [{"name_latin": str(FOOTNOTE)}] if wanted else []
