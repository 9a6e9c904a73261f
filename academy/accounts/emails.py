"""E-mail addresses: one written form for each, and the domain that may vouch for a person."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from academy.errors import Invalid

LONGEST = 254


class BadEmail(Invalid):
    """The text is not an e-mail address."""

    message = _l("This is not an e-mail address. It looks like name@example.org.")


def normal(text: str) -> str:
    """Return the one written form of an address: trimmed, lower case; raises BadEmail."""
    try:
        checked = validate_email(text.strip()[: LONGEST + 1], check_deliverability=False)
    except EmailNotValidError as error:
        raise BadEmail from error
    return checked.normalized.lower()


def domain(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2]
