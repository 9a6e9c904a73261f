"""Where a person goes after signing in."""

from urllib.parse import urlsplit

from flask import url_for

from academy.accounts.models import Person, Role


def safe_path(target: str | None) -> str | None:
    """Return a target of `next` when it is a path on this very site, else None.

    Browsers read `//host`, `/\\host` and addresses with control characters as other sites.
    """
    if not target or not target.startswith("/") or target[1:2] == "/":
        return None
    if not target.isprintable() or any(letter in target for letter in " \\"):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def landing(person: Person) -> str:
    """Return the first page of a person: the desk of who has a role, else the own learning."""
    if person.roles - {Role.LEARNER}:
        return url_for("home.desk")
    return url_for("progress.learn")
