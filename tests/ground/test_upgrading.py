"""`academy db upgrade` on several nodes at once, on an empty database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import databases

ACADEMY = Path(sys.executable).with_name("academy")


@pytest.mark.conformance_on("sqlite")
def test_nodes_may_upgrade_at_once(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database = databases.made(request.config.getoption("--database"), tmp_path)
    settings = {"ACADEMY_INSTANCE_PATH": str(tmp_path), "ACADEMY_DATABASE_URL": database.url}
    nodes = [
        subprocess.Popen([ACADEMY, "db", "upgrade"], env=os.environ | settings, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    told = [node.communicate()[1] for node in nodes]

    engine = sa.create_engine(database.url)
    with engine.connect() as connection:
        bases = connection.execute(sa.text("SELECT value FROM installation WHERE name = 'iri_base'")).all()
        states = connection.scalar(sa.text("SELECT count(*) FROM state"))
    engine.dispose()
    assert [node.returncode for node in nodes] == [0, 0], told
    assert (len(bases), bool(states)) == (1, True)
