"""Who may read what in the libraries."""

from typing import Any

import sqlalchemy as sa

from academy.library.models import Resource

INSIDERS = frozenset({"coordinator", "observer", "editor", "secretariat", "administrator"})


def audiences(reader: Any) -> frozenset[str]:
    """Return the audiences that a reader (a person, or Flask-Login's anonymous one) belongs to.

    Officials are people whose state is confirmed; participants of meetings are, until meetings are kept
    here, those with a role in the dialogue.
    """
    if not reader.is_authenticated:
        return frozenset({"public"})
    found = {"public", "registered"}
    if reader.state_confirmed or reader.roles & INSIDERS:
        found.add("officials")
    if reader.roles & INSIDERS:
        found.add("participants")
    return frozenset(found)


def readable(reader: Any) -> sa.ColumnElement[bool]:
    """Return the filter that every list, search and page of resources passes through."""
    return Resource.audience.in_(audiences(reader))
