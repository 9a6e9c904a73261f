"""Pages of administration; importing this module registers their routes."""

from academy.administration.views import agents, credentials, figures, jobs, overview, record, statements
from academy.administration.views.blueprint import blueprint

__all__ = ["agents", "blueprint", "credentials", "figures", "jobs", "overview", "record", "statements"]
