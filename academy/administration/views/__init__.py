"""Pages of administration; importing this module registers their routes."""

from academy.administration.views import jobs, overview, record
from academy.administration.views.blueprint import blueprint

__all__ = ["blueprint", "jobs", "overview", "record"]
