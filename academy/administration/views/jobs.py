"""The queue of jobs: what waits, what runs, and what failed."""

from flask import render_template

from academy.administration.views.blueprint import blueprint
from academy.security import access


@blueprint.get("/jobs")
@access.roles("administrator")
def jobs() -> str:
    """List jobs by state and kind."""
    return render_template("administration/jobs.html")
