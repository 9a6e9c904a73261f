"""What is told about a session after its end, to the page that follows; signed, and good for some minutes."""

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from academy.accounts.models import PersonSession
from academy.locale import LANGUAGES

SECONDS = 600


@dataclass(frozen=True)
class Departure:
    """A session that has ended: its number, whether the computer is shared, and the person's language."""

    session_id: int
    shared: bool
    language: str


def written(ended: PersonSession, language: str) -> str:
    """Write down a session that has just ended, for an address."""
    return str(_signer().dumps([ended.id, ended.shared, language]))


def read(text: str) -> Departure | None:
    """Read what `written` wrote, or None where it is not ours or too old."""
    try:
        session_id, shared, language = _signer().loads(text, max_age=SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return Departure(session_id, shared, language) if language in LANGUAGES else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="academy.departure")
