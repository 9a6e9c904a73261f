"""Roles of people, and participating states."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy.accounts import queries, services
from academy.accounts.forms.administration import GrantForm, StateForm, read_limit
from academy.accounts.models import Role
from academy.accounts.states import in_order
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.signin import Page
from academy.errors import Conflict, Invalid, NotFound
from academy.security import access
from academy.templating import toast


@blueprint.route("/admin/people", methods=["GET", "POST"])
@access.roles("administrator")
def admin_people() -> Page:
    """List who holds which role; give a role to a person."""
    form = GrantForm()
    if form.validate_on_submit() and _grant(form):
        return redirect(url_for(".admin_people"), 303)
    page = render_template(
        "accounts/admin-people.html", form=form, staff=queries.staff(), states_shown=queries.states()
    )
    return page, 422 if form.errors else 200


@blueprint.post("/admin/people/<uuid:public_id>/revoke")
@access.roles("administrator")
def revoke_role(public_id: UUID) -> Page:
    """Take a role from a person."""
    person = queries.person_by_public_id(public_id)
    try:
        role, limit = Role(request.form.get("role", "")), read_limit(request.form.get("limit", ""))
    except ValueError as error:
        raise Invalid from error
    if person is None:
        raise NotFound
    services.revoke(person, role, by=current_user, **limit)
    given = {"email": person.email, "role": role.value, "limit": request.form.get("limit", "")}
    text = _("The role was taken away: %(name)s.", name=person.display_name)
    toast(text, undo=url_for(".admin_people"), fields=given)
    return redirect(url_for(".admin_people"), 303)


@blueprint.get("/admin/states")
@access.roles("administrator", "secretariat")
def admin_states() -> Page:
    """List the participating states with their status."""
    return render_template("accounts/admin-states.html", states=in_order(queries.states()))


@blueprint.route("/admin/states/new", methods=["GET", "POST"])
@access.roles("administrator", "secretariat")
def new_state() -> Page:
    """Add a participating state."""
    form = StateForm()
    if form.validate_on_submit():
        code = str(form.code.data).upper()
        if code not in {state.code for state in queries.states()}:
            return _saved_state(form, code)
        form.code.errors = [_("This state is in the list already.")]
    return render_template("accounts/admin-state.html", form=form, state=None), 422 if form.errors else 200


@blueprint.route("/admin/states/<code>", methods=["GET", "POST"])
@access.roles("administrator", "secretariat")
def admin_state(code: str) -> Page:
    """Change the names, status and dates of a state."""
    state = queries.state_by_code(code)
    form = StateForm(state)
    if form.validate_on_submit():
        return _saved_state(form, state.code)
    return render_template("accounts/admin-state.html", form=form, state=state), 422 if form.errors else 200


def _grant(form: GrantForm) -> bool:
    person = queries.person_by_email(form.email.data)
    if person is None:
        form.email.errors = [_("Nobody has this address.")]
        return False
    try:
        is_new = services.grant(person, Role(form.role.data), **form.limits())
    except (Invalid, Conflict) as error:
        form.limit.errors = [str(error)]
        return False
    if not is_new:
        flash(_("%(name)s holds this role already.", name=person.display_name), "info")
        return True
    limit = form.limit.data if form.role.data == Role.COORDINATOR else ""
    toast(
        _("The role was given: %(name)s.", name=person.display_name),
        undo=url_for(".revoke_role", public_id=person.public_id),
        fields={"role": form.role.data, "limit": limit or ""},
    )
    return True


def _saved_state(form: StateForm, code: str) -> Page:
    services.save_state(code, form.facts())
    flash(_("The state is saved."), "success")
    return redirect(url_for(".admin_states"), 303)
