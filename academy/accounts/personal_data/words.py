"""The names of requests, of their states, and of outcomes in an archive."""

from flask_babel import lazy_gettext as _l

KINDS = {"copy": _l("A copy of my data"), "erasure": _l("Erasure of my data")}

STATES = {
    "waiting": _l("Waits for the Secretariat"),
    "withdrawn": _l("Withdrawn"),
    "declined": _l("Declined"),
    "confirmed": _l("Being carried out"),
    "ready": _l("Ready"),
    "expired": _l("No longer kept"),
}

OUTCOMES = {
    "completed": _l("Completed"),
    "incomplete": _l("In progress"),
    "not attempted": _l("Not started"),
    "passed": _l("Passed"),
    "failed": _l("Failed"),
    "valid": _l("Valid"),
    "revoked": _l("Revoked"),
    "superseded": _l("Superseded"),
}


def outcome(code: str) -> str:
    """Return the word for a completion, a success or a status; a dash where nothing is known."""
    return str(OUTCOMES.get(code, "–"))
