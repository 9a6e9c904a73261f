"""Certificates as files for their holders, and the public check of a number or a file."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from academy import clock, storage
from academy.certificates import checking, queries, services, throttle
from academy.certificates.checking import Check
from academy.certificates.facts import written_day
from academy.locale import language
from academy.security import access

blueprint = Blueprint("certificates", __name__, template_folder="templates")


@blueprint.get("/certificates/<serial>.pdf")
@access.signed_in
def pdf(serial: str) -> Response:
    """Give the stored document to its holder, or to staff who may see the holder."""
    certificate = queries.visible(serial, viewer=current_user)
    answer = make_response(storage.read(services.storage_key(certificate.serial)))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{certificate.serial}.pdf"'
    answer.set_etag(certificate.pdf_sha256)
    return answer


@blueprint.get("/verify")
@access.public
def verify_form() -> BaseResponse:
    """Ask for a number, or go to the page of the one that was typed."""
    typed = request.args.get("number", "").strip()
    if typed:
        found = checking.number(typed) if _may_look_up() else abort(429)
        return redirect(
            url_for("certificates.verify", serial=found.serial or typed[:40].replace("/", "-")), 303
        )
    return _unlisted(render_template("certificates/verify-form.html"))


@blueprint.get("/verify/<serial>")
@access.public
def verify(serial: str) -> Response:
    """Say whether a certificate is valid, and what it says; the name only to who knows two letters of it."""
    check = checking.number(serial) if _may_look_up() else abort(429)
    return _result(check, typed_serial=serial, typed_name=request.args.get("name", "").strip())


@blueprint.post("/verify/file")
@access.public
def verify_file() -> Response:
    """Say whether a PDF is, to the byte, a document that was issued here."""
    sent = request.files.get("file")
    content = sent.stream.read(checking.LARGEST_FILE + 1) if sent and _may_look_up() else b""
    if not content:
        return _unlisted(
            render_template("certificates/verify-form.html", error=_("Choose a PDF file first.")), 422
        )
    return _result(checking.file(content), of_file=True)


def _may_look_up() -> bool:
    return throttle.look_ups.allows(request.remote_addr or "")


def _result(check: Check, *, typed_serial: str = "", typed_name: str = "", of_file: bool = False) -> Response:
    certificate = check.certificate
    facts = queries.facts_of(certificate) if certificate else None
    shows_name = bool(current_app.config["VERIFY_SHOWS_NAME"])
    if facts and typed_name and not shows_name:
        if not throttle.names.allows(request.remote_addr or ""):
            abort(429)
        shows_name = checking.knows_name([facts.name_latin, facts.name_cyrillic], typed_name)
    page = render_template(
        "certificates/verify.html",
        check=check,
        certificate=certificate,
        facts=facts,
        shows_name=shows_name,
        typed_serial=typed_serial,
        typed_name=typed_name,
        of_file=of_file,
        now=clock.now(),
        completed=written_day(facts.completed_on, language()) if facts else "",
        issued=written_day(facts.issued_on, language()) if facts else "",
        revoked=written_day(certificate.revoked.date(), language())
        if certificate and certificate.revoked
        else "",
        holder=checking.masked(facts.name_for(language())) if facts else "",
    )
    is_known = certificate is not None or check.status in {"erased", "revoked"}
    return _unlisted(page, 200 if is_known or of_file else 404)


def _unlisted(page: str, code: int = 200) -> Response:
    """Answer with a page that search engines leave out."""
    answer = make_response(page, code)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
