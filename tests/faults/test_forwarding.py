"""One Academy sends its statements on to another one, and is killed in the middle, more than once."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from academy import clock
from academy.db import db
from academy.xapi import credentials, queries
from academy.xapi.forwarding.models import ForwardingTarget as Target
from tests import databases
from tests.databases import Database
from tests.factories import xapi
from tests.faults.installation import Installation
from tools.bench_server import ACADEMY

pytestmark = [pytest.mark.conformance, pytest.mark.both_databases]

STATEMENTS, KILLS = 1500, 3


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Installation]:
    """Run another Academy, which only receives."""
    folder = tmp_path / "other"
    (folder / "database").mkdir(parents=True)
    running = Installation(folder, databases.made("sqlite", folder / "database")).start_all()
    yield running
    running.kill_all()


def ids(place: Installation) -> list[str]:
    """Return the ids of all statements in the order in which they were stored."""
    with place.inside():
        return [row.statement["id"] for row in queries.all_rows(db.session.connection())]  # type: ignore[misc]


def send(source: Installation) -> "subprocess.Popen[bytes]":
    command = [ACADEMY, "xapi", "forward", "run", "Ministry"]
    return subprocess.Popen(command, env=source.environment, stdout=subprocess.DEVNULL)


def test_what_a_killed_academy_sent_on_is_there_in_order_and_the_rest_follows(
    database: Database, other: Installation, tmp_path: Path
) -> None:
    source = Installation(tmp_path / "source", database)
    with source.inside():
        for place in range(0, STATEMENTS, 100):
            xapi.stored(*(xapi.statement(object=xapi.activity(f"{place + number}")) for number in range(100)))
        [mistake, *_] = queries.all_rows(db.session.connection(), batch=1)
        xapi.stored(xapi.voiding(str(mistake.statement["id"])))
    with other.inside():
        key, secret = credentials.issue(db.session.connection(), name="Source", scopes=["all"])
    subprocess.run(
        [ACADEMY, "xapi", "forward", "add", "Ministry", "--secret-stdin"]
        + ["--endpoint", f"http://localhost:{other.port}/xapi", "--key", key],
        env=source.environment,
        input=secret.encode(),
        check=True,
    )
    given, sent = ids(source), list[int]()

    for _ in range(KILLS):
        process, before = send(source), len(ids(other))
        end = time.monotonic() + 60
        while len(ids(other)) == before:
            assert time.monotonic() < end, "nothing was sent"
        process.send_signal(signal.SIGKILL)
        process.wait()
        sent.append(len(ids(other)))
        with source.inside():  # who was killed holds the target for two minutes
            db.session.execute(sa.update(Target).values(held_until=clock.now()))
    done = send(source).wait(120)

    assert given[: sent[-1]] == ids(other)[: sent[-1]]
    assert (done, ids(other)) == (0, given)
    assert 0 < sent[0] < sent[1] < sent[2] < STATEMENTS
    told = json.loads(source.run("xapi", "forward", "list", "--json"))
    assert [(one["waiting"], one["error"], one["state"]) for one in told] == [(0, None, "current")]
