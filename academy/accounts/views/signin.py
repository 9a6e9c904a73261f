"""Signing in and out, and staying signed in."""

from datetime import timedelta

from flask import Response, flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from academy import locale
from academy.accounts import departures, sessions, signin
from academy.accounts.forms.signin import SignInForm, is_shared
from academy.accounts.models import Person
from academy.accounts.views import known_browsers
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.landing import landing, safe_path
from academy.security import access

Page = AnyResponse | str | tuple[str, int] | tuple[str, int, dict[str, str]]

EVERYTHING = '"cache", "cookies", "storage"'


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
        device=known_browsers.device_for(email),
    )
    if outcome.kind == "welcome" and outcome.person:
        return welcome(outcome.person, place=form.next.data)
    return _refused(form, outcome)


@blueprint.post("/sign-out")
@access.public
def sign_out() -> Page:
    """End the session of this browser; on a shared computer nothing of it stays in the browser."""
    mine, place = sessions.current(), safe_path(request.form.get("next"))
    language = locale.language()
    if mine is not None:
        signin.end()
    if not place and (mine is None or not mine.shared):
        flash(_("You are signed out."), "info")
        return redirect(url_for("home.index"), 303)
    told = departures.written(mine, language) if mine is not None else None
    address = url_for(".signed_out", of=told, next=place, why=request.form.get("why") and "idle")
    answer = make_response(redirect(address, 303))
    if mine is not None and mine.shared:
        answer.headers["Clear-Site-Data"] = EVERYTHING
        known_browsers.forget(answer)
    return answer


@blueprint.get("/signed-out")
@access.public
def signed_out() -> Page:
    """Say that the session has ended; after one on a shared computer, other rooms clear up as well."""
    departure = departures.read(request.args.get("of", ""))
    if departure is not None:
        g.language = departure.language
        refresh()
    place = safe_path(request.args.get("next"))
    answer = make_response(
        render_template(
            "accounts/signed-out.html",
            departure=departure,
            place=place,
            idle=request.args.get("why") == "idle",
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/session/stay")
@access.signed_in
def stay() -> Response:
    """Note that the person is still there, and say how many seconds the session lasts without more."""
    mine = sessions.current()
    if mine is None:
        return jsonify(seconds=0)
    sessions.see(mine.id)
    return jsonify(seconds=int(sessions.idle_limit(shared=mine.shared).total_seconds()))


@blueprint.get("/session")
@access.public
def session_state() -> Response:
    """Say whether this browser is signed in and as whom, for a form that was open for long."""
    answer = jsonify(
        person=str(current_user.public_id) if current_user.is_authenticated else None, csrf=generate_csrf()
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def welcome(person: Person, *, place: str | None = None) -> Response:
    """Begin a session and go to where the person wanted, in the person's language.

    Who has not seen the privacy notice, because staff made the account, is shown it first.
    """
    shared = is_shared()
    signin.begin(person, shared=shared)
    goal = safe_path(place) or landing(person)
    if person.privacy_version is None:
        goal = url_for("accounts.read_privacy", next=goal)
    answer = make_response(redirect(goal, 303))
    if shared:
        known_browsers.forget(answer)
    else:
        known_browsers.remember(answer, person.email)
    locale.remember(answer, person.language)
    return answer


def _refused(form: SignInForm, outcome: signin.Outcome) -> Page:
    page = render_template(
        "accounts/sign-in.html", form=form, outcome=outcome, minutes=_minutes(outcome.wait)
    )
    if outcome.kind == "throttled":
        return page, 429, {"Retry-After": str(int(outcome.wait.total_seconds()) + 1)}
    return page, 422


def _minutes(wait: timedelta) -> int:
    return max(1, -(-int(wait.total_seconds()) // 60))
