"""Statements, credentials and requests for tests of the store."""

import base64
from itertools import count
from typing import Any
from uuid import UUID

from academy.db import db
from academy.xapi import credentials, store

_numbers = count(1)

AUTHORITY = {
    "objectType": "Agent",
    "account": {"homePage": "https://lrs.example.org", "name": "tests"},
}


def agent(name: str = "learner") -> dict[str, Any]:
    """Return an agent by its e-mail address."""
    return {"objectType": "Agent", "mbox": f"mailto:{name}@example.org"}


def activity(name: str = "lesson") -> dict[str, Any]:
    """Return an activity without a definition."""
    return {"objectType": "Activity", "id": f"https://example.org/activities/{name}"}


def verb(name: str = "experienced") -> dict[str, Any]:
    """Return a verb without words."""
    return {"id": f"http://adlnet.gov/expapi/verbs/{name}"}


def statement(**overrides: Any) -> dict[str, Any]:
    """Return a statement of an agent, a verb and an activity; None leaves a property out."""
    whole = {"actor": agent(), "verb": verb(), "object": activity(), **overrides}
    return {name: value for name, value in whole.items() if value is not None}


def reference(statement_id: UUID | str) -> dict[str, Any]:
    """Return a reference to a statement."""
    return {"objectType": "StatementRef", "id": str(statement_id)}


def voiding(statement_id: UUID | str, **overrides: Any) -> dict[str, Any]:
    """Return a statement that voids another."""
    return statement(verb=verb("voided"), object=reference(statement_id), **overrides)


def statement_id() -> UUID:
    """Return a statement id that no other test uses."""
    return UUID(int=next(_numbers), version=4)


def stored(*statements: dict[str, Any]) -> list[UUID]:
    """Store statements with the authority of tests."""
    return store.insert(db.session.connection(), statements, authority=AUTHORITY)


def headers(*scopes: str, version: str = "1.0.3", **more: str) -> dict[str, str]:
    """Return the headers of a client with a fresh credential of these scopes, `all` where none is named."""
    key, secret = credentials.issue(db.session.connection(), name="Tests", scopes=scopes or ("all",))
    token = base64.b64encode(f"{key}:{secret}".encode()).decode()
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Authorization": f"Basic {token}", "X-Experience-API-Version": version, **named}
