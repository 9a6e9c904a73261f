"""What administrators see first: how the installation is, and where to go on."""

from importlib.metadata import version

from flask import current_app, render_template
from flask_babel import gettext as _

from academy import workers
from academy.administration import queries
from academy.administration.views.blueprint import blueprint
from academy.db import db
from academy.security import access


@blueprint.get("")
@access.roles("administrator")
def overview() -> str:
    """Show how the installation is."""
    return render_template(
        "administration/overview.html", queue=queries.queue(), workers=workers.alive(), places=_places()
    )


def _places() -> list[tuple[str, str]]:
    """Return what the installation is made of; addresses, which may hold passwords, are not told."""
    settings = current_app.config
    on_postgresql = db.engine.dialect.name == "postgresql"
    in_bucket = str(settings["STORAGE_URL"]).startswith("s3:")
    return [
        (_("Version"), version("prague-academy")),
        (_("Address"), str(settings["BASE_URL"])),
        (_("Database"), "PostgreSQL" if on_postgresql else "SQLite"),
        (_("Files"), _("in a bucket") if in_bucket else _("in a folder")),
        (_("Jobs"), _("woken through Redis") if settings["JOBS_URL"] else _("run by the server")),
        (_("Mail"), _("sent by SMTP") if settings["MAIL_URL"] else _("kept in the outbox folder")),
    ]
