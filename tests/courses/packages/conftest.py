"""Packages on disk, and the corpus beside the project where there is one."""

from collections.abc import Callable
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "packages"


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes bytes into a file and returns its path."""

    def write(content: bytes, name: str = "package.zip") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real and hostile packages; skip where it is not there."""
    if not CORPUS.is_dir():
        pytest.skip(f"the corpus of packages is not beside the project ({CORPUS.name})")
    return CORPUS
