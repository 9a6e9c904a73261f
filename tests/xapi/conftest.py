"""Tests of the store need the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from academy.db import db
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
