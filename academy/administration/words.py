"""What kinds of jobs, and the ways by which acts come in, are called on pages."""

from flask_babel import lazy_gettext as _l

KINDS: dict[str, object] = {
    "mail.send": _l("Mail"),
    "certificates.issue": _l("Certificate"),
    "packages.import": _l("Reading of a package"),
    "progress.rebuild": _l("Mending of progress"),
    "courses.close_abandoned": _l("Close sessions that were left open"),
    "courses.forget_uploads": _l("Remove uploads that nobody finished"),
    "accounts.refusal": _l("Note of a refused sign-in"),
    "audit.seal": _l("Seal the audit record"),
    "accounts.forget_attempts": _l("Forget old attempts to sign in"),
    "academy.forget_old": _l("Forget jobs that are long done"),
}

DOORS: dict[str, object] = {
    "page": _l("Page"),
    "api": _l("Interface for programs"),
    "command": _l("Command line"),
    "worker": _l("Work in the background"),
}


def kind_name(kind: str) -> object:
    """Return how a kind of job is called; one without a name is called by its code."""
    return KINDS.get(kind, kind)
