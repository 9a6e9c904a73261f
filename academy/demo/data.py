"""The facts of the demonstration: catalogue, names and organisations, as packaged JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"


@cache
def catalogue() -> dict[str, Any]:
    """Return the eight courses, twelve documents and twelve outputs."""
    return _read("catalogue")


@cache
def names() -> dict[str, dict[str, list[list[str]]]]:
    """Return first names and surnames by state, each in Latin and, where usual, Cyrillic letters."""
    return _read("names")


@cache
def organisations() -> dict[str, dict[str, Any]]:
    """Return a ministry and its services by state."""
    return _read("organisations")


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
