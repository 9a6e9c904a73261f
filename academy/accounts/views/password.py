"""A forgotten password: a mailed link, and a new one."""

from flask import abort, redirect, render_template, request, session, url_for

from academy import clock
from academy.accounts import jobs, pace, passwords, services, tokens
from academy.accounts.forms.signin import EmailForm, NewPasswordForm
from academy.accounts.models import Person
from academy.accounts.privacy import PRIVACY_VERSION
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.signin import Page, welcome
from academy.db import release
from academy.security import access

ASKED = "password asked for"


@blueprint.route("/password/forgot", methods=["GET", "POST"])
@access.public
def forgot_password() -> Page:
    """Ask for the address that gets a link."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgot-password.html", form=form), 422 if form.errors else 200
    jobs.ask_for(jobs.RESET, str(form.email.data), address=request.remote_addr)
    session[ASKED] = form.email.data
    return redirect(url_for(".password_sent"), 303)


@blueprint.get("/password/sent")
@access.public
def password_sent() -> Page:
    """Say that a mail was sent if there is such an account; the same for every address."""
    if ASKED not in session:
        return redirect(url_for(".forgot_password"), 303)
    return render_template("accounts/password-sent.html", email=session[ASKED])


@blueprint.route("/password/reset/<token>", methods=["GET", "POST"])
@access.token
def reset_password(token: str) -> Page:
    """Let the person of the link choose a password; then the link is dead, and older sessions too."""
    try:
        person = tokens.person_resetting(token)
    except tokens.BadToken as error:
        if not pace.bad_links.allows(request.remote_addr):
            abort(429)
        form = EmailForm(formdata=None)
        return render_template("accounts/dead-link.html", error=error, form=form, kind="reset"), 400
    form = NewPasswordForm(person)
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("accounts/reset-password.html", form=form, person=person, token=token), status
    return _changed(token, form)


def _changed(token: str, form: NewPasswordForm) -> Page:
    release()
    password_hash = passwords.hash_of(str(form.password.data))
    person = tokens.take_resetting(token)
    services.set_password(person, password_hash)
    if "consent" in form:
        _accept_privacy(person)
    return welcome(person)


def _accept_privacy(person: Person) -> None:
    person.privacy_version, person.privacy_accepted = PRIVACY_VERSION, clock.now()
