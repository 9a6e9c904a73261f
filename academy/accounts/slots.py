"""What accounts adds to the desks of staff."""

from flask import render_template, url_for

from academy.accounts import queries
from academy.accounts.models import Person
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
