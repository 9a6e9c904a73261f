"""SIGKILL in the middle of a batch: afterwards the whole batch is there, or nothing of it."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from academy.db import db
from academy.xapi.models import Statement, StatementActivity, StatementAgent
from tests.factories import xapi

#: A process that sends a batch to the application, and kills itself at a moment of storing it.
CHILD = """
import json, os, signal, sys
from sqlalchemy import event
from academy.app import create_app
from academy.db import db

moment, batch, headers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
app = create_app()
client = app.test_client()

def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

def watch(connection, cursor, statement, *rest):
    if statement.startswith("INSERT INTO " + moment):
        die()

with app.app_context():
    event.listen(db.engine, "before_cursor_execute", watch)
answer = client.post("/xapi/statements", data=batch, headers={**headers, "Content-Type": "application/json"})
print(answer.status_code, flush=True)
die()
"""
SIZE = 200


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        pytest.param("xapi_statement ", 0, marks=pytest.mark.conformance),
        pytest.param("xapi_statement_agent", 0, marks=pytest.mark.conformance),
        ("xapi_statement_activity", 0),
        pytest.param("the answer", SIZE, marks=pytest.mark.conformance),
    ],
)
def test_killed_batch_is_whole_or_nothing(app: Flask, client: FlaskClient, moment: str, kept: int) -> None:
    headers = xapi.headers()
    batch = [xapi.statement(object=xapi.activity(f"lesson-{number}")) for number in range(SIZE)]
    db.session.commit()
    db.engine.dispose()

    done = child(app, moment, json.dumps(batch), json.dumps(headers))

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == ("200\n" if kept else "")
    links = 2 * kept, kept  # of the actor and of the authority; of the activity
    assert (count(Statement), count(StatementAgent), count(StatementActivity)) == (kept, *links)
    db.session.rollback()
    again = client.post("/xapi/statements", json=batch, headers=headers)
    assert (again.status_code, count(Statement)) == (200, kept + SIZE)


def child(app: Flask, *arguments: str) -> subprocess.CompletedProcess[str]:
    names = ("INSTANCE_PATH", "DATABASE_URL", "STORAGE_URL", "SECRET_KEY", "BASE_URL")
    settings = {f"ACADEMY_{name}": str(app.config[name]) for name in names}
    return subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
