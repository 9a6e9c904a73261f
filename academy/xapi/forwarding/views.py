"""The page on which an administrator sees and decides what is sent to other record stores."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from academy.errors import Conflict, Invalid
from academy.security import access
from academy.xapi.forwarding import services
from academy.xapi.forwarding.forms import TargetForm

blueprint = Blueprint(
    "xapi_forwarding", __name__, url_prefix="/admin/xapi/forwarding", template_folder="../templates"
)


@blueprint.get("")
@access.roles("administrator")
def targets() -> str:
    """List the other stores: what waits, what went wrong."""
    return render_template("forwarding/targets.html", targets=services.every())


@blueprint.route("/new", methods=["GET", "POST"])
@access.roles("administrator")
def new() -> Response | str | tuple[str, int]:
    """Add another store."""
    form = TargetForm()
    if not form.validate_on_submit():
        return render_template("forwarding/new.html", form=form, fault=None)
    try:
        services.add(
            str(form.name.data),
            endpoint=str(form.endpoint.data),
            credential=(str(form.key.data), str(form.secret.data)),
            version=str(form.version.data),
            filters=form.filters,
        )
    except (Invalid, Conflict) as fault:
        return render_template("forwarding/new.html", form=form, fault=str(fault)), 422
    flash(_("Statements are sent there from now on, beginning with the first."), "success")
    return redirect(url_for(".targets"), 303)


@blueprint.post("/<uuid:public_id>/pause")
@access.roles("administrator")
def pause(public_id: UUID) -> Response:
    """Send nothing more for now."""
    services.pause(services.by_public_id(public_id))
    flash(_("Nothing more is sent until you resume it."), "info")
    return redirect(url_for(".targets"), 303)


@blueprint.post("/<uuid:public_id>/resume")
@access.roles("administrator")
def resume(public_id: UUID) -> Response:
    """Send again, at once."""
    services.resume(services.by_public_id(public_id))
    flash(_("Statements are sent again."), "success")
    return redirect(url_for(".targets"), 303)


@blueprint.post("/<uuid:public_id>/skip")
@access.roles("administrator")
def skip(public_id: UUID) -> Response:
    """Leave out the refused statement."""
    services.skip(services.by_public_id(public_id))
    flash(_("The statement is left out. Sending goes on after it."), "info")
    return redirect(url_for(".targets"), 303)


@blueprint.route("/<uuid:public_id>/remove", methods=["GET", "POST"])
@access.roles("administrator")
def remove(public_id: UUID) -> Response | str:
    """Ask whether to send no more for good, and forget the target."""
    target = services.by_public_id(public_id)
    if request.method == "GET":
        return render_template("forwarding/remove.html", target=target)
    services.remove(target)
    flash(_("Nothing is sent there any more. What it has stays there."), "success")
    return redirect(url_for(".targets"), 303)
