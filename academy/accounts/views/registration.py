"""Registering in four steps, and confirming the address."""

from flask import abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy.accounts import emails, jobs, pace, passwords, services, signin, throttle, tokens
from academy.accounts.forms import registration as forms
from academy.accounts.forms.signin import ConfirmForm, EmailForm
from academy.accounts.models import Person
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.landing import landing
from academy.accounts.views.signin import Page, welcome
from academy.db import commit_now
from academy.security import access

ANSWERS = "registration"
SENT_TO = "registration sent to"
MADE_HERE = "registration made here"
LAST = len(forms.TITLES)


@blueprint.route("/register", methods=["GET", "POST"])
@access.public
def register() -> Page:
    """Ask one step at a time; what was answered is kept in this browser's session until the end."""
    if current_user.is_authenticated:
        return redirect(landing(current_user), 303)
    answers = session.get(ANSWERS, {})
    number = min(max(request.args.get("step", 1, type=int), 1), LAST)
    furthest = forms.first_open_step(answers)
    if number > furthest:
        return redirect(url_for(".register", step=furthest), 303)
    form = _form(number, answers)
    if request.method == "POST" and request.form.get("back"):
        return _keep(form, answers, go_to=number - 1)
    if not form.validate_on_submit():
        return _step_page(form, number, answers), 422 if form.errors else 200
    if number < LAST:
        return _keep(form, answers, go_to=number + 1)
    return _finish(form, answers)


@blueprint.get("/register/sent")
@access.public
def registered() -> Page:
    """Say that a mail was sent, to whoever registered; the same for every address."""
    if SENT_TO not in session:
        return redirect(url_for(".register"), 303)
    form = EmailForm(formdata=None, data={"email": session[SENT_TO]})
    return render_template("accounts/registered.html", email=session[SENT_TO], form=form)


@blueprint.post("/register/resend")
@access.public
def resend() -> Page:
    """Send the confirming mail once more; says the same for every address."""
    form = EmailForm()
    if not form.validate_on_submit():
        return render_template("accounts/registered.html", email=None, form=form), 422
    jobs.ask_for(jobs.CONFIRMATION, str(form.email.data), address=request.remote_addr)
    session[SENT_TO] = form.email.data
    return redirect(url_for(".registered"), 303)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@access.token
def confirm(token: str) -> Page:
    """Show one button; mail scanners that follow links confirm nothing. The button confirms and signs in.

    In a browser that did not make this very registration the password is asked: else whoever registers with
    the address of somebody else could have that person confirm an account that both can open.
    """
    try:
        person = tokens.person_confirming(token)
    except tokens.BadToken as error:
        if not pace.bad_links.allows(request.remote_addr):
            abort(429)
        return _dead_link(error), 400
    form = None if session.get(MADE_HERE) == _mark(person.password_hash) else ConfirmForm()
    if request.method == "GET" or (form and not (form.validate_on_submit() and _knows(form, person))):
        page = render_template("accounts/confirm.html", person=person, token=token, form=form)
        return page, 200 if request.method == "GET" else 422
    person = tokens.person_confirming(token)  # nobody has registered anew while the password was looked at
    services.confirm(person)
    return welcome(person)


def _form(number: int, answers: dict[str, str]) -> forms.Step:
    if number == LAST:
        return forms.CheckStep(answers)
    return forms.STEPS[number - 1](answers)


def _keep(form: forms.Step, answers: dict[str, str], *, go_to: int) -> Page:
    session[ANSWERS] = {**answers, **form.kept()}
    return redirect(url_for(".register", step=go_to), 303)


def _step_page(form: forms.Step, number: int, answers: dict[str, str]) -> str:
    return render_template(
        "accounts/register.html",
        form=form,
        step=number,
        titles=forms.TITLES,
        summary=forms.summary(answers) if number == LAST else [],
        states_shown=forms.states_shown(number, answers),
    )


def _finish(form: forms.Step, answers: dict[str, str]) -> Page:
    if not throttle.may_register(request.remote_addr):
        abort(429)
    commit_now()
    password_hash = passwords.hash_of(form["password"].data)
    application = forms.application(answers)
    services.register(application, password_hash=password_hash, address=request.remote_addr)
    session.pop(ANSWERS)
    session[SENT_TO] = emails.normal(application.email)
    session[MADE_HERE] = _mark(password_hash)
    return redirect(url_for(".registered"), 303)


def _mark(password_hash: str | None) -> str:
    """Return what this browser keeps of a registration that it made; each has its own."""
    return throttle.key("registration", password_hash or "")


def _knows(form: ConfirmForm, person: Person) -> bool:
    outcome = signin.try_password(
        person.email,
        str(form.password.data),
        address=request.remote_addr,
        device=f"registration of {person.id}",
    )
    if outcome.kind == "unconfirmed":
        return True
    form.password.errors = [
        _("Too many attempts. Wait a minute, then try again.")
        if outcome.kind == "throttled"
        else _("This is not the password of this registration. If you do not know it, register again.")
    ]
    return False


def _dead_link(error: tokens.BadToken) -> str:
    form = EmailForm(formdata=None)
    return render_template("accounts/dead-link.html", error=error, form=form, kind="confirm")
