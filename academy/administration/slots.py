"""What administration adds to the desk of administrators."""

from flask import g, render_template
from flask_login import current_user

from academy import audit, workers
from academy.accounts.models import Person
from academy.administration import queries, record

NEWEST = 5


def waiting_count() -> int:
    """Return how many failed jobs wait for the signed-in administrator; asked once a request."""
    if not current_user.is_authenticated or "administrator" not in current_user.roles:
        return 0
    if "failed_jobs" not in g:
        g.failed_jobs = queries.count_failed()
    return int(g.failed_jobs)


def waiting(*, person: Person, **context: object) -> str:
    """Lead to the jobs that have failed and are not tried again by themselves."""
    total = waiting_count()
    return render_template("administration/desk-jobs.html", total=total) if total else ""


def rows(*, person: Person, **context: object) -> str:
    """Show whether the work behind the pages is done, and the newest acts of staff."""
    if "administrator" not in person.roles:
        return ""
    newest = record.newest(NEWEST)
    return render_template(
        "administration/desk.html",
        queue=queries.queue(),
        workers=workers.alive(),
        entries=newest,
        words=audit.said(newest),
    )
