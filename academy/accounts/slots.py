"""What accounts adds to the desks of staff."""

from flask import g, render_template, url_for
from flask_login import current_user

from academy.accounts import queries
from academy.accounts.models import Person
from academy.accounts.personal_data import requests
from academy.accounts.views.blueprint import waiting_count

MOST = 5


def waiting(*, person: Person, scope: list[str], **context: object) -> str:
    """List those who have waited longest for a decision on their place of service, oldest last."""
    total = waiting_count()
    if not total:
        return ""
    longest = queries.claimants_page(person).people[:MOST]
    return render_template(
        "accounts/desk-waiting.html",
        people=list(reversed(longest)),
        total=total,
        scope=scope,
        back=url_for("home.desk"),
    )


def requests_count() -> int:
    """Return how many requests about personal data wait for the signed-in person; asked once a request."""
    if not current_user.is_authenticated or not current_user.roles & requests.DECIDERS:
        return 0
    if "data_requests_count" not in g:
        g.data_requests_count = requests.count_waiting()
    return int(g.data_requests_count)


def data_requests(*, person: Person, **context: object) -> str:
    """Lead those who decide to the requests about personal data that wait."""
    total = requests_count()
    return render_template("accounts/desk-data.html", total=total) if total else ""
