"""Where a person is signed in, and signing out there."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy.accounts import sessions, signin
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.signin import Page
from academy.errors import NotFound
from academy.security import access


@blueprint.get("/profile/sessions")
@access.signed_in
def my_sessions() -> Page:
    """List the browsers that the person is signed in with."""
    return render_template(
        "accounts/sessions.html", sessions=sessions.of(current_user), mine=sessions.current()
    )


@blueprint.post("/profile/sessions/<uuid:public_id>/end")
@access.signed_in
def end_session(public_id: UUID) -> Page:
    """Sign the person out in one other browser."""
    found = next((one for one in sessions.of(current_user) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    sessions.end(found)
    flash(_("You are signed out there."), "success")
    return redirect(url_for(".my_sessions"), 303)


@blueprint.post("/profile/sessions/end-all")
@access.signed_in
def end_all_sessions() -> Page:
    """Sign the person out in every browser, this one included."""
    sessions.end_all(current_user)
    signin.end()
    flash(_("You are signed out everywhere."), "info")
    return redirect(url_for("accounts.sign_in"), 303)
