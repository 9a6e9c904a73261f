"""The blueprint of accounts, and what its templates and the navigation may call."""

from flask import Blueprint, g
from flask_login import current_user

from academy.accounts import queries, sessions
from academy.accounts.forms.administration import region_name, role_name, role_names
from academy.accounts.states import state_footnote, state_name
from academy.accounts.zones import zone_name

STAFF = ("coordinator", "secretariat", "administrator")

blueprint = Blueprint("accounts", __name__, template_folder="../templates")

for _filter in (state_name, region_name, role_name, role_names, zone_name):
    blueprint.add_app_template_filter(_filter)
blueprint.add_app_template_global(state_footnote)


@blueprint.app_template_global()
def session_watch() -> dict[str, object] | None:
    """Return what a page must know to warn before the session ends; None where nobody is signed in.

    The page counts a minute less than the server, which notes activity once a minute.
    """
    mine = sessions.current()
    if mine is None:
        return None
    limit = sessions.idle_limit(shared=mine.shared)
    return {
        "seconds": max(int(limit.total_seconds()) - 60, 30),
        "shared": mine.shared,
        "person": str(mine.person.public_id),
    }


def waiting_count() -> int:
    """Return how many people wait for a decision of the signed-in member of staff; asked once a request."""
    if not current_user.is_authenticated or not current_user.roles & set(STAFF):
        return 0
    if "waiting_count" not in g:
        g.waiting_count = queries.count_claimants(current_user)
    return int(g.waiting_count)


blueprint.add_app_template_global(waiting_count)
