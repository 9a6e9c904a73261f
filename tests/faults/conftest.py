"""An installation on the database of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.databases import Database
from tests.faults.installation import Installation


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Return an empty database."""
    (tmp_path / "database").mkdir()
    return databases.made(request.config.getoption("--database"), tmp_path / "database")


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> Iterator[Installation]:
    """Run server and worker; what takes minutes only with `make conformance`."""
    if request.node.get_closest_marker("conformance") and not request.config.getoption("--whole-corpus"):
        pytest.skip("minutes of load come with --whole-corpus (`make conformance`)")
    running = Installation(tmp_path, database).start_all()
    yield running
    running.kill_all()
