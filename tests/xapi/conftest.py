"""Tests of the store need the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from academy.db import db
from academy.xapi import rarity, references, walks
from academy.xapi.signals import statements_stored


@pytest.fixture
def connection(app: Flask) -> Connection:
    """Return the connection of the test's session."""
    return db.session.connection()


@pytest.fixture
def heard(app: Flask) -> Iterator[list[Any]]:
    """Return a list of what the signal brought, one list a call."""
    calls: list[Any] = []

    def listen(sender: Connection, *, stored: list[Any]) -> None:
        calls.append(stored)

    with statements_stored.connected_to(listen):
        yield calls


@pytest.fixture
def nothing_is_few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have pages be found as in a store in which there are many of all."""
    built = (references.page, rarity._probe)
    monkeypatch.setattr(references, "FEW", 0)
    monkeypatch.setattr(rarity, "_SKIPPED", walks.literal(0))
    for query in built:
        query.cache_clear()
    yield
    for query in built:
        query.cache_clear()
