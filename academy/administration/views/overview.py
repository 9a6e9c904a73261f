"""What administrators see first: how the installation is, and where to go on."""

from flask import render_template

from academy.administration.views.blueprint import blueprint
from academy.security import access


@blueprint.get("")
@access.roles("administrator")
def overview() -> str:
    """Show how the installation is."""
    return render_template("administration/overview.html")
