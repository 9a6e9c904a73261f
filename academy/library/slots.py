"""What the libraries add to the desk of editors."""

from flask import render_template

from academy.accounts.models import Person
from academy.library import queries

MOST = 8


def desk(*, person: Person, **context: object) -> str:
    """Show editors what is in the libraries, and which documents exist in one language only."""
    if "editor" not in person.roles:
        return ""
    return render_template("library/desk.html", holdings=queries.holdings(reader=person, most=MOST))
