"""Sign-in with a password, throttled, and the session that follows."""

from academy.accounts.models import Person


def load_person(session_id: str) -> Person | None:
    """Return the person of a session (Flask-Login), or None where it has ended."""
    return None
