"""What people see and change about themselves."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy import locale
from academy.accounts import passwords, queries, services, sessions, signin
from academy.accounts.forms.profile import PasswordForm, ProfileForm, ServiceForm
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.signin import Page
from academy.db import release
from academy.security import access


@blueprint.route("/profile", methods=["GET", "POST"])
@access.signed_in
def profile() -> Page:
    """Show the own account; change names, language and time zone."""
    form = ProfileForm(current_user)
    if not form.validate_on_submit():
        return _page(profile=form)
    services.update_profile(current_user, form.profile())
    answer = make_response(_saved(_("Your details are saved.")))
    locale.remember(answer, current_user.language)
    return answer


@blueprint.post("/profile/service")
@access.signed_in
def profile_service() -> Page:
    """Change state and organisation; what is new waits for a confirmation."""
    form = ServiceForm(current_user)
    if not form.validate_on_submit():
        return _page(service=form)
    services.change_service(current_user, state_code=form.state.data, organisation=form.unit())
    return _saved(_("Your place of service is saved."))


@blueprint.post("/profile/password")
@access.signed_in
def profile_password() -> Page:
    """Change the password; sessions on other computers end."""
    form = PasswordForm(current_user)
    if not form.validate_on_submit():
        return _page(password=form)
    person = current_user._get_current_object()
    outcome = signin.try_password(
        person.email, str(form.current.data), address=request.remote_addr, device=f"session of {person.id}"
    )
    if outcome.kind != "welcome":
        form.current.errors = [refusal(outcome)]
        return _page(password=form)
    release()
    services.set_password(person, passwords.hash_of(str(form.password.data)), keep=sessions.current())
    signin.renew()
    return _saved(_("Your password is changed. Other computers are signed out."))


def _page(
    *,
    profile: ProfileForm | None = None,
    service: ServiceForm | None = None,
    password: PasswordForm | None = None,
) -> Page:
    page = render_template(
        "accounts/profile.html",
        form=profile or ProfileForm(current_user, formdata=None),
        service=service or ServiceForm(current_user, formdata=None),
        password=password or PasswordForm(current_user, formdata=None),
        states_shown=queries.states_to_choose(),
    )
    return page, 422 if request.method == "POST" else 200


def _saved(sentence: str) -> Page:
    flash(sentence, "success")
    return redirect(url_for(".profile"), 303)


def refusal(outcome: signin.Outcome) -> str:
    """Say why a current password was not taken."""
    if outcome.kind == "throttled":
        return _("Too many attempts. Wait a minute, then try again.")
    return _("This is not your current password.")
