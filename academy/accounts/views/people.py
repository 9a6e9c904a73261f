"""People of one's scope, and those who wait for a confirmation."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from academy import paging
from academy.accounts import queries, services
from academy.accounts.models import Person
from academy.accounts.views.blueprint import STAFF, blueprint
from academy.accounts.views.landing import safe_path
from academy.accounts.views.signin import Page
from academy.errors import Conflict
from academy.security import access
from academy.templating import toast


class PlaceChanged(Conflict):
    """The person has named another place of service since the page was shown."""

    message = _l("This person has named another place of service in the meantime. Look at it, then decide.")


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
    person = _as_shown(public_id)
    before = services.claim_of(person)
    services.confirm_claim(person, viewer=current_user)
    _toast(person, _("%(name)s is confirmed.", name=person.display_name), before=before)
    return _back()


@blueprint.post("/people/<uuid:public_id>/decline")
@access.roles(*STAFF)
def decline_person(public_id: UUID) -> Page:
    """Say that a person does not serve here; the claim is removed, the account stays."""
    person = _as_shown(public_id)
    before = services.claim_of(person)
    services.decline_claim(person, viewer=current_user)
    text = _("%(name)s is not counted as one of yours.", name=person.display_name)
    _toast(person, text, before=before)
    return _back()


@blueprint.post("/people/undo")
@access.roles(*STAFF)
def undo_decision() -> Page:
    """Take back the decision that was just made."""
    person = services.undo_decision(request.form.get("note", ""), viewer=current_user)
    flash(_("%(name)s waits for a decision again.", name=person.display_name), "info")
    return _back()


def _as_shown(public_id: UUID) -> Person:
    """Return who waits for a decision; raises PlaceChanged where the form shows another place of service."""
    person = queries.claimant(public_id, viewer=current_user)
    if request.form.get("place", person.stated_place) != person.stated_place:
        raise PlaceChanged
    return person


def _toast(person: Person, text: str, *, before: dict[str, object]) -> None:
    place = safe_path(request.form.get("next"))
    fields = {"note": services.decision(person, before=before)} | ({"next": place} if place else {})
    toast(text, undo=url_for(".undo_decision"), fields=fields)


def _back() -> Page:
    return redirect(safe_path(request.form.get("next")) or url_for(".people", tab="waiting"), 303)
