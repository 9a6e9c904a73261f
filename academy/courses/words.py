"""Words for the codes that courses keep: levels, study times, audiences, languages, states of a course."""

from collections.abc import Iterable

from babel import Locale
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from academy.locale import language
from academy.themes import THEMES as THEME_NAMES

THEMES = tuple(THEME_NAMES)

LEVELS: dict[str, LazyString] = {
    "introductory": _l("Introductory"),
    "intermediate": _l("Intermediate"),
    "advanced": _l("Advanced"),
}

HOURS: dict[str, LazyString] = {
    "short": _l("up to 2 h"),
    "medium": _l("2 to 4 h"),
    "long": _l("more than 4 h"),
}

LANGUAGE_NAMES: dict[str, LazyString] = {"en": _l("English"), "ru": _l("Russian")}

AUDIENCES: dict[str, LazyString] = {
    "border": _l("Border guards"),
    "police": _l("Police"),
    "migration": _l("Migration services"),
    "consular": _l("Consular services"),
    "ngo": _l("Non-governmental organisations"),
    "io": _l("International organisations"),
    "labour": _l("Labour authorities"),
    "policy": _l("Policy makers"),
    "academia": _l("Universities and researchers"),
    "asylum": _l("Asylum services"),
}

SORTS: dict[str, LazyString] = {"newest": _l("newest"), "title": _l("by title")}


def length_of(hours: float) -> str:
    """Return the code of a study time: short, medium or long."""
    return "short" if hours <= 2 else "medium" if hours <= 4 else "long"


def language_name(code: str) -> str:
    """Return the name of a language in the reader's language; a code without one is returned as it is."""
    if code in LANGUAGE_NAMES:
        return str(LANGUAGE_NAMES[code])
    name = str(Locale(language()).languages.get(code, code))
    return name if name == code else name[:1].upper() + name[1:]


def audience_names(codes: Iterable[str]) -> str:
    """Return the names of groups in one line; groups without a name are left out."""
    names = [str(AUDIENCES[code]) for code in codes if code in AUDIENCES]
    return ", ".join([*names[:1], *(name[:1].lower() + name[1:] for name in names[1:])])


def language_names(codes: Iterable[str]) -> str:
    """Return the names of languages in one line."""
    names = [language_name(code) for code in codes]
    return ", ".join([*names[:1], *(name.lower() if language() == "ru" else name for name in names[1:])])


def level_name(code: str) -> str:
    """Return the name of a level in the reader's language; a code without one is returned as it is."""
    return str(LEVELS.get(code, code))
