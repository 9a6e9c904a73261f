"""What kinds of jobs, and the ways by which acts come in, are called on pages."""

from flask_babel import lazy_gettext as _l

KINDS: dict[str, object] = {
    "mail.send": _l("Mail"),
    "certificates.issue": _l("Certificate"),
    "packages.import": _l("Reading of a package"),
    "progress.rebuild": _l("Repair of progress"),
    "courses.close_abandoned": _l("Close sessions that were left open"),
    "courses.forget_uploads": _l("Remove uploads that nobody finished"),
    "accounts.refusal": _l("Note of a refused sign-in"),
    "accounts.confirmation": _l("Confirmation of an address"),
    "accounts.reset": _l("Link for a new password"),
    "accounts.invite": _l("Invitation"),
    "accounts.copy": _l("Copy of personal data"),
    "accounts.erase": _l("Erasure of personal data"),
    "accounts.tell_decision": _l("Notice of a decision on a place of service"),
    "accounts.remove_files": _l("Files of a person whose data was erased"),
    "audit.seal": _l("Seal the audit record"),
    "accounts.forget_attempts": _l("Forget old attempts to sign in"),
    "accounts.forget_requests": _l("Remove copies of personal data whose time is over"),
    "accounts.forget_digests": _l("Forget whom old receipts of erasures are about"),
    "accounts.forget_unconfirmed": _l("Forget registrations that nobody confirmed"),
    "xapi.deliver": _l("Sending of statements to another record store"),
    "xapi.forward": _l("See to it that statements are sent to other record stores"),
    "xapi.count_statements": _l("Count what the record store holds"),
    "xapi.forget_narrow": _l("Forget credentials of content that are over"),
    "administration.erase_agent": _l("Erasure of an agent of the record store"),
    "workers.forget_old": _l("Forget jobs that are long done"),
}

DOORS: dict[str, object] = {
    "page": _l("Page"),
    "api": _l("Interface for programs"),
    "command": _l("Command line"),
    "worker": _l("Work in the background"),
}

#: Kinds of things in the audit record of which there is one, or which have no name of their own.
ONLY_ONE = frozenset({"instance", "library", "report", "statements"})

#: What changes, as the audit record names it; others are shown by their code.
FACTS: dict[str, object] = {
    "status": _l("Status"),
    "how": _l("Way"),
    "statements": _l("Statements"),
    "documents": _l("Documents"),
    "attachments": _l("Attached files"),
    "changed": _l("Statements changed"),
    "name": _l("Name"),
    "title": _l("Title"),
    "summary": _l("Summary"),
    "theme": _l("Thematic area"),
    "level": _l("Level"),
    "hours": _l("Hours"),
    "section": _l("Section"),
    "place": _l("Place in the course"),
    "release": _l("Release"),
    "file": _l("File"),
    "format": _l("Format"),
    "filters": _l("Filters"),
    "role": _l("Role"),
    "state": _l("State"),
    "state_confirmed": _l("State confirmed"),
    "organisation": _l("Organisation"),
    "organisation_confirmed": _l("Organisation confirmed"),
    "parent": _l("Part of"),
    "mail_domain": _l("Mail domain"),
    "region": _l("Region"),
    "since": _l("Since"),
    "until": _l("Until"),
    "footnote": _l("Footnote"),
    "time_zone": _l("Time zone"),
    "scopes": _l("Scopes"),
    "expires": _l("Valid until"),
    "per_minute": _l("Requests a minute"),
    "may_void": _l("May void statements"),
    "revision": _l("Revision of the database"),
    "request": _l("Request"),
}


def kind_name(kind: str) -> object:
    """Return how a kind of job is called; one without a name is called by its code."""
    return KINDS.get(kind, kind)
