"""Participating states on pages: names, order, and the footnote that Kosovo* never stands without."""

import unicodedata
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from academy.accounts.models import State
from academy.locale import language, translated

FOOTNOTE = _l(
    "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 "
    "and the ICJ Opinion on the Kosovo declaration of independence."
)


def state_name(state: State | None, in_language: str | None = None) -> str:
    """Return the name of a state, with the asterisk where it carries the footnote; a dash for none."""
    if state is None:
        return "–"
    name = translated(state.name, in_language)
    return f"{name}*" if state.footnote and not name.endswith("*") else name


def state_footnote(states: State | Iterable[State | None] | None) -> str:
    """Return the footnote where the state, or one of the states, carries it; else an empty text."""
    several = [states] if isinstance(states, State) else states or ()
    return str(FOOTNOTE) if any(state and state.footnote for state in several) else ""


def in_order(states: Iterable[State]) -> list[State]:
    """Sort states alphabetically in the reader's language."""
    return sorted(states, key=lambda state: _key(state_name(state)))


def _key(name: str) -> str:
    if language() == "ru":
        return name.casefold().replace("ё", "е\uffff")
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
