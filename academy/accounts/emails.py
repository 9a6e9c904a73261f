"""E-mail addresses: one written form for each, and the domain that may vouch for a person."""

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from academy.errors import Invalid

LONGEST = 254

FREE = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com"),
        *(
            "proton.me",
            "protonmail.com",
            "mail.ru",
            "bk.ru",
            "inbox.ru",
            "list.ru",
            "yandex.ru",
            "yandex.com",
        ),
        *("yandex.com", "ya.ru", "rambler.ru", "ukr.net", "i.ua", "mail.com", "gmx.com", "gmx.de"),
        *("gmx.net", "web.de", "seznam.cz", "post.cz", "email.cz", "centrum.cz", "wp.pl", "onet.pl", "o2.pl"),
        *(
            "freemail.hu",
            "citromail.hu",
            "tut.by",
            "mail.kz",
            "inbox.lv",
            "mail.ee",
            "libero.it",
            "orange.fr",
        ),
    }
)


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


def anybody_may_have(mail_domain: str) -> bool:
    """Say whether a domain gives addresses to everybody, so that it can vouch for nobody."""
    return mail_domain in FREE


def domain(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2]
