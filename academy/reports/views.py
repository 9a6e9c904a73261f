"""Pages of reports; the filters live in the URL, the scope in `accounts.scope`."""

from typing import BinaryIO

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wsgi import FileWrapper

from academy import audit, clock, paging
from academy.accounts.states import FOOTNOTE
from academy.locale import day, language, translated
from academy.replica import may_lag
from academy.reports import exports, filters, queries
from academy.reports.cells import Cells
from academy.security import access

blueprint = Blueprint("reports", __name__, template_folder="templates")

PAGE = 25
STAFF = ("coordinator", "secretariat", "administrator")
PIECE = 128 * 1024  # bytes of a file sent at a time; each piece costs the server a turn
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/reports/completion")
@access.roles(*STAFF)
@may_lag
def completion() -> str:
    """Show who completed what, as a matrix of people by courses."""
    wanted, wrong = filters.read(request.args)
    asked = request.args.get("show")
    show = asked if asked in filters.VIEWS else "score"
    page, spoken = paging.number(request.args), language()
    matrix = queries.matrix(current_user, wanted, page=page, size=PAGE, language=spoken)
    return render_template(
        "reports/completion.html",
        filters=wanted,
        wrong=wrong,
        show=show,
        cells=Cells(show),
        matrix=matrix,
        courses=queries.courses(current_user, language=spoken) if wanted.narrow else matrix.courses,
        chips=_chips(wanted),
        scope=[translated(name) for name in queries.scope_names(current_user)],
        statuses=exports.status_words(),
        footnote=FOOTNOTE,
        page=page,
        size=PAGE,
        now=clock.now(),
    )


@blueprint.get("/reports/completion.csv")
@access.roles(*STAFF)
def completion_csv() -> Response:
    """Send the report as CSV, as Excel opens it in the reader's language."""
    wanted = _noted("csv")
    return _download(exports.csv_file(current_user, wanted), "csv", "text/csv")


@blueprint.get("/reports/completion.xlsx")
@access.roles(*STAFF)
def completion_xlsx() -> Response:
    """Send the report as XLSX."""
    wanted = _noted("xlsx")
    return _download(exports.xlsx(current_user, wanted), "xlsx", XLSX)


def _noted(kind: str) -> filters.Filters:
    """Return what was asked for, once it is on record who takes it out."""
    wanted, _wrong = filters.read(request.args)
    about = {"format": kind, "filters": wanted.query(text=""), "narrowed by a search": bool(wanted.text)}
    audit.record_reading("reports.export", target="completion", after=about)
    return wanted


def _download(file: BinaryIO, ending: str, kind: str) -> Response:
    name = f"completion-{clock.now():%Y-%m-%d}.{ending}"
    answer = send_file(file, mimetype=kind, as_attachment=True, download_name=name, max_age=0)
    answer.response = FileWrapper(file, PIECE)
    return answer


def _chips(wanted: filters.Filters) -> list[tuple[str, str]]:
    completed = wanted.period == "completed"
    found = []
    if wanted.course:
        found.append((_("Course: %(code)s", code=wanted.course), wanted.query(course=None)))
    if wanted.status:
        found.append((exports.status_words()[wanted.status], wanted.query(status=None)))
    if wanted.begins:
        start = day(wanted.begins, "short")
        text = _("Completed from %(day)s", day=start) if completed else _("Enrolled from %(day)s", day=start)
        found.append((text, wanted.query(since=None)))
    if wanted.until:
        end = day(filters.Filters(since=wanted.until).begins, "short")
        text = _("Completed until %(day)s", day=end) if completed else _("Enrolled until %(day)s", day=end)
        found.append((text, wanted.query(until=None)))
    if wanted.text:
        found.append((_("Name or e-mail: %(text)s", text=wanted.text), wanted.query(text="")))
    return found
