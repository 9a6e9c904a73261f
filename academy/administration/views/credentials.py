"""Credentials of the record store: listing, making, ending and revoking them."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from academy import paging
from academy.administration import credentials
from academy.administration.forms import SCOPES, CredentialForm, ValidityForm
from academy.administration.views.blueprint import blueprint
from academy.security import access

Page = Response | str | tuple[str, int]


@blueprint.get("/xapi/credentials")
@access.roles("administrator")
def credentials_list() -> str:
    """List credentials: what each may do, and when it was last used."""
    found, number, pages = credentials.page(paging.number(request.args))
    return render_template(
        "administration/credentials.html", entries=found, scopes=SCOPES, page=number, pages=pages
    )


@blueprint.route("/xapi/credentials/new", methods=["GET", "POST"])
@access.roles("administrator")
def new_credential() -> Page:
    """Make a credential, and show its secret this once."""
    form = CredentialForm()
    if not form.validate_on_submit():
        page = render_template("administration/credential-new.html", form=form, scopes=SCOPES)
        return page, 422 if form.errors else 200
    key, secret = credentials.issue(str(form.label.data), scopes=form.scopes.data or [], terms=form.terms())
    return render_template(
        "administration/credential-made.html", label=form.label.data, key=key, secret=secret
    )


@blueprint.route("/xapi/credentials/<key>", methods=["GET", "POST"])
@access.roles("administrator")
def credential(key: str) -> Page:
    """Show one credential, and change until when it is valid."""
    entry = credentials.entry(key)
    form = ValidityForm(entry)
    if form.validate_on_submit():
        credentials.expire(entry, at=form.expires)
        flash(_("The credential is changed."), "success")
        return redirect(url_for(".credentials_list"), 303)
    page = render_template("administration/credential.html", entry=entry, form=form, scopes=SCOPES)
    return page, 422 if form.errors else 200


@blueprint.route("/xapi/credentials/<key>/revoke", methods=["GET", "POST"])
@access.roles("administrator")
def revoke_credential(key: str) -> Page:
    """Ask whether a credential shall be revoked, and revoke it."""
    entry = credentials.entry(key)
    if request.method == "GET":
        return render_template("administration/credential-revoke.html", entry=entry)
    credentials.revoke(entry)
    flash(_("The credential is revoked. Nobody gets in with it any more."), "success")
    return redirect(url_for(".credentials_list"), 303)
