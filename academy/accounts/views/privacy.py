"""The privacy notice for people whose account was made by staff: shown at their first sign-in."""

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from academy import clock
from academy.accounts.privacy import PRIVACY_VERSION
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.landing import landing, safe_path
from academy.accounts.views.signin import Page
from academy.security import access


@blueprint.route("/profile/privacy", methods=["GET", "POST"])
@access.signed_in
def read_privacy() -> Page:
    """Show what happens with the person's data, and note that it was read."""
    place = safe_path(request.values.get("next"))
    if request.method == "GET" and current_user.privacy_version is None:
        return render_template("accounts/read-privacy.html", place=place, url=url_for("home.privacy"))
    if current_user.privacy_version is None:
        current_user.privacy_version, current_user.privacy_accepted = PRIVACY_VERSION, clock.now()
    return redirect(place or landing(current_user), 303)
