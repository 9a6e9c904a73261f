"""Signing in and out."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from academy import locale
from academy.accounts import signin
from academy.accounts.forms.signin import SignInForm
from academy.accounts.models import Person
from academy.accounts.views import known_browsers
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.landing import landing, safe_path
from academy.security import access

Page = AnyResponse | str | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> Page:
    """Ask for address and password; who is signed in already goes on."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(safe_path(request.args.get("next")) or landing(current_user), 303)
    form = SignInForm(next=safe_path(request.args.get("next")))
    if not form.validate_on_submit():
        return render_template("accounts/sign-in.html", form=form, outcome=None), 422 if form.errors else 200
    email = str(form.email.data)
    outcome = signin.try_password(
        email,
        str(form.password.data),
        address=request.remote_addr,
        known_browser=known_browsers.knows(email),
    )
    if outcome.kind == "welcome" and outcome.person:
        return welcome(outcome.person, place=form.next.data)
    return _refused(form, outcome)


@blueprint.route("/sign-out", methods=["POST"])
@access.public
def sign_out() -> Page:
    """End the session of this browser."""
    signin.end()
    flash(_("You are signed out. Nothing about you stays on this computer."), "info")
    return redirect(url_for("home.index"), 303)


def welcome(person: Person, *, place: str | None = None) -> Response:
    """Begin a session and go to where the person wanted, in the person's language."""
    signin.begin(person)
    answer = make_response(redirect(safe_path(place) or landing(person), 303))
    known_browsers.remember(answer, person.email)
    locale.remember(answer, person.language)
    return answer


def _refused(form: SignInForm, outcome: signin.Outcome) -> Page:
    page = render_template("accounts/sign-in.html", form=form, outcome=outcome, minutes=_minutes(outcome))
    if outcome.kind == "throttled":
        return page, 429, {"Retry-After": str(int(outcome.wait.total_seconds()) + 1)}
    return page, 422


def _minutes(outcome: signin.Outcome) -> int:
    return max(1, -(-int(outcome.wait.total_seconds()) // 60))
