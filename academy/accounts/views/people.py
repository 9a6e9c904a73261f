"""People of one's scope, and those who wait for a confirmation."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy import paging
from academy.accounts import queries, services
from academy.accounts.views.blueprint import STAFF, blueprint
from academy.accounts.views.signin import Page
from academy.security import access


@blueprint.get("/people")
@access.roles(*STAFF)
def people() -> Page:
    """List the people whom the viewer may see, or those who wait for the viewer's decision."""
    waiting = request.args.get("tab") == "waiting"
    query = request.args.get("q", "")[:200]
    find = queries.claimants_page if waiting else queries.people_page
    found = find(current_user, query=query, number=paging.number(request.args))
    return render_template("accounts/people.html", found=found, query=query, waiting=waiting)


@blueprint.post("/people/<uuid:public_id>/confirm")
@access.roles(*STAFF)
def confirm_person(public_id: UUID) -> Page:
    """Confirm where a person serves."""
    person = queries.claimant(public_id, viewer=current_user)
    services.confirm_claim(person, viewer=current_user)
    flash(_("%(name)s is confirmed.", name=person.display_name), "success")
    return redirect(url_for(".people", tab="waiting"), 303)


@blueprint.post("/people/<uuid:public_id>/decline")
@access.roles(*STAFF)
def decline_person(public_id: UUID) -> Page:
    """Say that a person does not serve here; the claim is removed, the account stays."""
    person = queries.claimant(public_id, viewer=current_user)
    services.decline_claim(person, viewer=current_user)
    flash(_("%(name)s is not counted as one of yours.", name=person.display_name), "info")
    return redirect(url_for(".people", tab="waiting"), 303)
