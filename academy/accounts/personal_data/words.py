"""The names of requests and of their states."""

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
