"""Pages of home."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from academy.accounts.privacy import PRIVACY_VERSION
from academy.accounts.scope import sees_everybody
from academy.accounts.views.landing import landing
from academy.courses.queries import catalogue
from academy.courses.views.catalogue import cover_url
from academy.courses.words import LEVELS, THEMES
from academy.errors import NotFound
from academy.home import components as samples
from academy.home import outbox as mails
from academy.library import queries as library
from academy.library.vocabulary import TYPES
from academy.locale import translated
from academy.replica import may_lag_for_guests
from academy.reports import queries as reports
from academy.security import access
from academy.templating import demo_mode, waiting

NEWEST = 3
DECIDING = frozenset({"trainer", "coordinator", "secretariat", "administrator"})
DESKS = (*sorted(DECIDING), "editor", "observer")

blueprint = Blueprint("home", __name__, template_folder="templates")
blueprint.add_app_template_global(mails.is_open, "outbox_is_open")


@blueprint.get("/")
@access.public
@may_lag_for_guests
def index() -> str | Response:
    """Say what this is; who is signed in goes to the own desk or learning."""
    if current_user.is_authenticated:
        return redirect(landing(current_user), 303)
    courses = catalogue.catalogue(catalogue.Filters())
    found = library.find("observatory", reader=current_user, filters=library.Filters())
    return render_template(
        "home/index.html",
        courses=courses,
        newest=courses.entries[:NEWEST],
        resources=found.resources[:NEWEST],
        resource_counts=found.counts["themes"],
        themes=THEMES,
        levels=LEVELS,
        types=TYPES,
        cover_url=cover_url,
    )


@blueprint.get("/desk")
@access.roles(*DESKS)
def desk() -> str:
    """Show staff what waits for their decision, then what the rooms of their roles have to say."""
    return render_template(
        "home/desk.html",
        waiting=waiting(),
        decides=bool(current_user.roles & DECIDING),
        scope=[translated(name) for name in reports.scope_names(current_user)],
        sees_all=sees_everybody(current_user),
    )


@blueprint.get("/help")
@access.public
def help() -> str:
    """Answer what people ask first."""
    return render_template("home/help.html")


@blueprint.get("/accessibility")
@access.public
def accessibility() -> str:
    """Say how the pages can be used, and what is known not to work yet."""
    return render_template("home/accessibility.html")


@blueprint.get("/privacy")
@access.public
def privacy() -> str:
    """Show the privacy notice that people accept at registration, with its version."""
    return render_template("home/privacy.html", version=PRIVACY_VERSION)


@blueprint.get("/personal-data")
@access.public
def personal_data() -> Response:
    """Lead from the older address to the privacy notice."""
    return redirect(url_for("home.privacy"), 301)


@blueprint.get("/contact")
@access.public
def contact() -> str:
    """Say how to reach the Secretariat."""
    return render_template("home/contact.html", address=current_app.config["MAIL_FROM"])


@blueprint.get("/outbox")
@access.public
def outbox() -> str:
    """List the mails that this demonstration would have sent; elsewhere there is no such page."""
    _only_in_demonstration()
    return render_template("home/outbox.html", mails=mails.newest_first())


@blueprint.get("/outbox/<uuid:name>")
@access.public
def outbox_mail(name: object) -> str:
    """Show the text of one mail, with its links."""
    _only_in_demonstration()
    return render_template("home/outbox-mail.html", mail=mails.by_name(str(name)))


@blueprint.get("/components")
@access.public
def components() -> str:
    """Show every component in every state: to everybody where demo data is, else to administrators."""
    if not demo_mode() and not (current_user.is_authenticated and "administrator" in current_user.roles):
        raise NotFound
    return render_template("home/components.html", **samples.samples())


def _only_in_demonstration() -> None:
    if not mails.is_open():
        raise NotFound
