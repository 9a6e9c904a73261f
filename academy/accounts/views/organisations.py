"""The tree of organisations."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from academy.accounts import queries, services
from academy.accounts.forms.administration import OrganisationForm
from academy.accounts.models import Organisation
from academy.accounts.states import in_order
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.signin import Page
from academy.errors import Conflict, Invalid
from academy.security import access


@blueprint.get("/admin/organisations")
@access.roles("administrator", "secretariat")
def admin_organisations() -> Page:
    """Show the organisations as a tree, by state in the order of the reader's language."""
    states = {state.code: state for state in in_order(queries.states())}
    places = {code: place for place, code in enumerate(states)}
    organisations = sorted(
        queries.organisations(), key=lambda unit: places.get(unit.state_code or "", len(places))
    )
    return render_template("accounts/admin-organisations.html", organisations=organisations, states=states)


@blueprint.route("/admin/organisations/new", methods=["GET", "POST"])
@access.roles("administrator", "secretariat")
def new_organisation() -> Page:
    """Add an organisation."""
    return _edit(None)


@blueprint.route("/admin/organisations/<uuid:public_id>", methods=["GET", "POST"])
@access.roles("administrator", "secretariat")
def admin_organisation(public_id: UUID) -> Page:
    """Change the names, place and mail domain of an organisation."""
    return _edit(queries.organisation_by_public_id(public_id))


def _edit(organisation: Organisation | None) -> Page:
    form = OrganisationForm(organisation)
    if form.validate_on_submit() and _save(organisation, form):
        flash(_("The organisation is saved."), "success")
        return redirect(url_for(".admin_organisations"), 303)
    page = render_template(
        "accounts/admin-organisation.html",
        form=form,
        organisation=organisation,
        states_shown=queries.states(),
    )
    return page, 422 if form.errors else 200


def _save(organisation: Organisation | None, form: OrganisationForm) -> bool:
    try:
        services.save_organisation(organisation, **form.facts())
    except Conflict as error:
        form.mail_domain.errors = [str(error)]
    except Invalid as error:
        form.parent.errors = [str(error)]
    return not form.errors
