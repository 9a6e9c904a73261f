"""What people ask about their own data, and what the Secretariat decides."""

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_login import current_user

from academy import storage
from academy.accounts import signin
from academy.accounts.forms.data import AskErasureForm, AskForm, DecisionForm
from academy.accounts.personal_data import archive, receipts, requests, sources
from academy.accounts.personal_data.erasure import LastAdministratorStays
from academy.accounts.personal_data.sources import Subject
from academy.accounts.personal_data.words import KINDS, STATES
from academy.accounts.views.blueprint import blueprint
from academy.accounts.views.profile import refusal
from academy.accounts.views.signin import Page
from academy.errors import NotFound
from academy.security import access

DECIDERS = ("administrator", "secretariat")
RECEIPTS_SHOWN = 50


@blueprint.get("/profile/data")
@access.signed_in
def data() -> Page:
    """Show what a person can ask about their data, and how far their requests are."""
    return _page()


@blueprint.post("/profile/data/<any(copy, erasure):kind>")
@access.signed_in
def ask_for_data(kind: str) -> Page:
    """Ask for a copy or for erasure; the password is asked again."""
    form = AskForm(prefix="copy") if kind == requests.COPY else AskErasureForm(prefix="erasure")
    if not form.validate_on_submit() or not _knows_password(form):
        return _page(**{kind: form})
    try:
        requests.ask(current_user._get_current_object(), kind)
    except (requests.AlreadyAsked, LastAdministratorStays) as error:
        flash(str(error), "warning")
    else:
        flash(_("Your request was sent to the Secretariat. You get an e-mail when it is decided."), "success")
    return redirect(url_for(".data"), 303)


@blueprint.post("/profile/data/<uuid:request_id>/withdraw")
@access.signed_in
def withdraw_request(request_id: UUID) -> Page:
    """Take a request back that nobody has decided."""
    requests.withdraw(requests.own_request(request_id, person=current_user))
    flash(_("Your request is withdrawn."), "success")
    return redirect(url_for(".data"), 303)


@blueprint.get("/profile/data/<uuid:request_id>.zip")
@access.signed_in
def download_data(request_id: UUID) -> Response:
    """Send the copy that was made, to the person whose it is and to nobody else."""
    asked = requests.own_request(request_id, person=current_user)
    if not requests.is_ready(asked):
        raise NotFound(_("This copy is no longer kept. Ask for a new one."))
    try:
        pieces = storage.pieces(requests.key_of(asked.public_id))
    except FileNotFoundError as error:
        raise NotFound(_("This copy is no longer kept. Ask for a new one.")) from error
    answer = Response(stream_with_context(pieces), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{archive.file_name(asked.ready)}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Length"] = str(asked.size)
    return answer


@blueprint.get("/admin/data-requests")
@access.roles(*DECIDERS)
def data_requests() -> Page:
    """List the requests that wait for a decision, and the receipts of erasures."""
    return render_template(
        "accounts/data-requests.html",
        found=requests.open_ones(),
        receipts=receipts.newest(RECEIPTS_SHOWN),
        kinds=KINDS,
        states=STATES,
    )


@blueprint.get("/admin/data-requests/<uuid:request_id>")
@access.roles(*DECIDERS)
def data_request(request_id: UUID) -> Page:
    """Show a request with all that goes or is handed out."""
    return _decision(request_id, DecisionForm(formdata=None))


@blueprint.post("/admin/data-requests/<uuid:request_id>")
@access.roles(*DECIDERS)
def decide_data_request(request_id: UUID) -> Page:
    """Confirm or decline a request, with a reason."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _decision(request_id, form)
    asked, reason = requests.by_public_id(request_id), str(form.reason.data).strip()
    viewer = current_user._get_current_object()
    if request.form.get("decision") == "confirm":
        requests.confirm(asked, viewer=viewer, reason=reason)
        flash(_("The request is confirmed and will be carried out."), "success")
    else:
        requests.decline(asked, viewer=viewer, reason=reason)
        flash(_("The request is declined. The person gets an e-mail with the reason."), "info")
    return redirect(url_for(".data_requests"), 303)


def _page(*, copy: AskForm | None = None, erasure: AskForm | None = None) -> Page:
    found = requests.of_person(current_user)
    page = render_template(
        "accounts/data.html",
        copy=copy or AskForm(prefix="copy", formdata=None),
        erasure=erasure or AskErasureForm(prefix="erasure", formdata=None),
        current={kind: next((one for one in found if one.kind == kind), None) for kind in KINDS},
        past=[one for one in found if one.state in {"withdrawn", "declined", "expired"}],
        is_ready=requests.is_ready,
        until=requests.until,
        kinds=KINDS,
        states=STATES,
    )
    return page, 422 if request.method == "POST" else 200


def _decision(request_id: UUID, form: DecisionForm) -> Page:
    asked = requests.by_public_id(request_id)
    page = render_template(
        "accounts/data-request.html",
        form=form,
        asked=asked,
        held=[one for rows in sources.holdings(Subject.of(asked.person)).values() for one in rows],
        is_own=asked.person_id == current_user.id,
        kinds=KINDS,
        states=STATES,
    )
    return page, 422 if form.errors else 200


def _knows_password(form: AskForm) -> bool:
    person = current_user._get_current_object()
    device = f"session of {person.id}"
    outcome = signin.try_password(
        person.email, str(form.current.data), address=request.remote_addr, device=device
    )
    if outcome.kind == "welcome":
        return True
    form.current.errors = [refusal(outcome)]
    return False
