"""Every package beside the project, asked for by `--whole-corpus`; a server and a browser for these tests."""

from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.journeys.browser import PROJECT, Server, page

__all__ = ["page"]

CORPUS = PROJECT.parent / "shared" / "packages"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each package of the corpus to the tests that take one."""
    if "package" not in metafunc.fixturenames:
        return
    if not metafunc.config.getoption("--whole-corpus"):
        reason = "the whole corpus is played with --whole-corpus (`make conformance`)"
    elif not CORPUS.exists():
        reason = f"{CORPUS} is not here"
    else:
        found = sorted(CORPUS.rglob("*.zip"))
        names = [str(path.relative_to(CORPUS).with_suffix("")) for path in found]
        metafunc.parametrize("package", found, ids=names)
        return
    metafunc.parametrize("package", [pytest.param(None, marks=pytest.mark.skip(reason=reason))], ids=["none"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server on an instance of its own."""
    running = Server(tmp_path_factory.mktemp("corpus")).start()
    yield running
    running.stop()


@pytest.fixture
def course(server: Server, package: Path) -> str:
    """Make a course for the package and return its code."""
    code = f"C{crc32(str(package).encode())}"
    titles = ["--title-en", package.stem, "--title-ru", package.stem]
    with server.database():
        arguments = ["courses", "create", "--code", code, *titles]
        assert server.app.test_cli_runner().invoke(args=arguments).exit_code == 0
    return code
