"""The blueprint of accounts, and what its templates and the navigation may call."""

from flask import Blueprint, g
from flask_login import current_user

from academy.accounts import queries
from academy.accounts.forms.administration import region_name, role_name, role_names
from academy.accounts.states import state_footnote, state_name
from academy.accounts.zones import zone_name

STAFF = ("coordinator", "secretariat", "administrator")

blueprint = Blueprint("accounts", __name__, template_folder="../templates")

for _filter in (state_name, region_name, role_name, role_names, zone_name):
    blueprint.add_app_template_filter(_filter)
blueprint.add_app_template_global(state_footnote)


def waiting_count() -> int:
    """Return how many people wait for a decision of the signed-in member of staff; asked once a request."""
    if not current_user.is_authenticated or not current_user.roles & set(STAFF):
        return 0
    if "waiting_count" not in g:
        g.waiting_count = queries.count_claimants(current_user)
    return int(g.waiting_count)


blueprint.add_app_template_global(waiting_count)
