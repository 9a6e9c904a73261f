"""What a check says, and what checks ask of the settings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from academy.config import is_loopback

OK, WARNING, FAULT = "ok", "warning", "fault"


@dataclass(frozen=True)
class Finding:
    """What one check says: ok, warning or fault; what is so, and what to do."""

    check: str
    status: str
    message: str
    remedy: str = ""


Check = Callable[[], Iterator[Finding]]


def setting(name: str) -> str:
    """Return a setting as text."""
    return str(current_app.config[name])


def is_public() -> bool:
    """Say whether the Academy is for others than this computer."""
    return not is_loopback(urlsplit(setting("BASE_URL")).hostname or "")
