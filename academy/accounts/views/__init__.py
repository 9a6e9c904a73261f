"""Pages of accounts."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__, template_folder="../templates")


def waiting_count() -> int:
    """Return how many people wait for a decision of the signed-in member of staff."""
    return 0
