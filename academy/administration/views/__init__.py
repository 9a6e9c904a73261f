"""Pages of administration; importing this module registers their routes."""

from academy.administration.views import credentials, jobs, overview, record, statements
from academy.administration.views.blueprint import blueprint

__all__ = ["blueprint", "credentials", "jobs", "overview", "record", "statements"]
