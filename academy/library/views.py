"""Pages of the two libraries."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from academy.accounts import states
from academy.library import queries, vocabulary
from academy.library.queries import Filters
from academy.replica import may_lag
from academy.security import access
from academy.themes import THEMES

blueprint = Blueprint("library", __name__, template_folder="templates")


@blueprint.get("/library/dialogue")
@access.public
@may_lag
def dialogue() -> str:
    """Show the documents of the policy dialogue, years as a spine."""
    return _listing("dialogue")


@blueprint.get("/library/observatory")
@access.public
@may_lag
def observatory() -> str:
    """Show the outputs of the Migration Observatory."""
    return _listing("observatory")


@blueprint.get("/library/<any(dialogue, observatory):collection>/<reference>")
@access.public
@may_lag
def resource(collection: str, reference: str) -> str:
    """Show one resource."""
    found = queries.resource(collection, reference, reader=current_user)
    return render_template(
        "library/resource.html",
        resource=found,
        vocabulary=vocabulary,
        states=_states(),
        footnote=states.FOOTNOTE,
    )


def _listing(collection: str) -> str:
    filters = _filters()
    found = queries.find(collection, reader=current_user, filters=filters)
    return _page(collection, found=found, filters=filters, chips=_chips(filters))


def _page(name: str, **context: object) -> str:
    words = {"vocabulary": vocabulary, "states": _states(), "footnote": states.FOOTNOTE}
    return render_template(f"library/{name}.html", **words, **context)


def _filters() -> Filters:
    chosen = {
        name: frozenset(request.args.getlist(name)) for name in ("types", "languages", "years", "themes")
    }
    return Filters(request.args.get("q", "").strip()[:200], state=request.args.get("state", ""), **chosen)


def _states() -> dict[str, str]:
    """Return the name of each state by its code, in the order of the reader's alphabet."""
    return {one.code: states.state_name(one) for one in states.in_order(queries.states())}


def _chips(filters: Filters) -> list[tuple[str, str]]:
    words = {"en": _("English"), "ru": _("Russian")} | {
        name: str(text) for name, text in vocabulary.TYPES.items()
    }
    words |= {code: str(theme) for code, theme in THEMES.items()}
    found = [
        (words.get(value, value), _without(name, value))
        for name in ("types", "themes", "languages", "years")
        for value in sorted(getattr(filters, name))
    ]
    if filters.text:
        found.append((_("“%(text)s”", text=filters.text), _without("q", None)))
    if filters.state:
        found.append((_states().get(filters.state, filters.state), _without("state", None)))
    return found


def _without(name: str, value: str | None) -> str:
    kept = [
        (key, one) for key, one in request.args.items(multi=True) if key != name or (value and one != value)
    ]
    return "?" + urlencode(kept)
