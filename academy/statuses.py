"""How each status looks wherever it stands: a word, an icon, and a colour."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Look:
    """The kind of colour (ok, warn, bad, info, idle, outline), the icon, and the word for a reader."""

    kind: str
    icon: str
    word: object


LOOKS = {
    "active": Look("ok", "check-circle", _l("Active")),
    "altered": Look("bad", "alert", _l("Altered")),
    "archived": Look("idle", "dash", _l("Archived")),
    "completed": Look("ok", "check-circle", _l("Completed")),
    "confirmed": Look("ok", "check-circle", _l("Confirmed")),
    "current": Look("info", "half", _l("Current")),
    "declined": Look("bad", "x-circle", _l("Declined")),
    "demo": Look("outline", "info", _l("Demo")),
    "done": Look("ok", "check-circle", _l("Done")),
    "draft": Look("warn", "pen", _l("Draft")),
    "error": Look("bad", "x-circle", _l("Error")),
    "expired": Look("warn", "clock", _l("Expired")),
    "failed": Look("bad", "x-circle", _l("Failed")),
    "forwarding-behind": Look("info", "half", _l("Behind")),
    "forwarding-current": Look("ok", "check-circle", _l("Has everything")),
    "forwarding-failing": Look("warn", "refresh", _l("Does not answer")),
    "forwarding-paused": Look("idle", "dash", _l("Paused")),
    "forwarding-refused": Look("bad", "x-circle", _l("Refuses a statement")),
    "in-progress": Look("info", "half", _l("In progress")),
    "job-failed": Look("bad", "x-circle", _l("Failed, given up")),
    "locked": Look("idle", "lock", _l("Locked")),
    "not-enrolled": Look("idle", "dash", _l("Not enrolled")),
    "not-started": Look("idle", "circle", _l("Not started")),
    "note": Look("info", "info", _l("Note")),
    "overdue": Look("warn", "clock", _l("Overdue")),
    "passed": Look("ok", "check-circle", _l("Passed")),
    "pending": Look("warn", "clock", _l("Waits for a decision")),
    "published": Look("ok", "check-circle", _l("Published")),
    "queued": Look("idle", "circle", _l("Queued")),
    "retrying": Look("warn", "refresh", _l("Will be tried again")),
    "revoked": Look("bad", "ban", _l("Revoked")),
    "running": Look("info", "half", _l("Running")),
    "superseded": Look("idle", "history", _l("Superseded")),
    "suspended": Look("idle", "dash", _l("Suspended")),
    "unknown": Look("idle", "help", _l("Unknown")),
    "valid": Look("ok", "check-circle", _l("Valid")),
    "waiting": Look("warn", "waiting", _l("Waiting on this PC")),
    "warning": Look("warn", "alert", _l("Warning")),
}


def look(code: str) -> Look:
    """Return how a status looks; one that is not known stands as its own word."""
    return LOOKS.get(code) or Look("idle", "circle", code)
