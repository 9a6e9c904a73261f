"""HTTP resources of the store under /xapi, and the headers that all answers have."""

from datetime import datetime

from flask import Blueprint, Response, current_app, g, request

from academy import clock
from academy.db import db, iri_base
from academy.security import access
from academy.xapi import consistency, json_text, profile
from academy.xapi.editions import Edition
from academy.xapi.resources import entities, profiles, serving, state, statements

METHODS = ["GET", "PUT", "POST", "DELETE"]
SHOWN_TO_SCRIPTS = (
    "ETag, Last-Modified, X-Experience-API-Version, X-Experience-API-Consistent-Through, WWW-Authenticate"
)
PREFLIGHT_SECONDS = "7200"

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")

ACTIVITY_PROFILE = profiles.of_activities()
AGENT_PROFILE = profiles.of_agents()


@blueprint.route("/statements", methods=METHODS)
@access.token
def statements_resource() -> Response:
    """Serve the Statement Resource."""
    g.xapi_statements = True
    return serving.serve({"GET": statements.get, "PUT": statements.put, "POST": statements.post})


@blueprint.route("/activities/state", methods=METHODS)
@access.token
def state_resource() -> Response:
    """Serve the State Resource."""
    return serving.serve({"GET": state.get, "PUT": state.put, "POST": state.post, "DELETE": state.delete})


@blueprint.route("/activities/profile", methods=METHODS)
@access.token
def activity_profile_resource() -> Response:
    """Serve the Activity Profile Resource."""
    return serving.serve(ACTIVITY_PROFILE)


@blueprint.route("/agents/profile", methods=METHODS)
@access.token
def agent_profile_resource() -> Response:
    """Serve the Agent Profile Resource."""
    return serving.serve(AGENT_PROFILE)


@blueprint.route("/activities", methods=METHODS)
@access.token
def activities_resource() -> Response:
    """Serve the Activities Resource."""
    return serving.serve({"GET": entities.get_activity})


@blueprint.route("/agents", methods=METHODS)
@access.token
def agents_resource() -> Response:
    """Serve the Agents Resource."""
    return serving.serve({"GET": entities.get_person})


@blueprint.get("/about")
@access.public
def about() -> Response:
    """Say which versions are spoken; asks for no credentials and no version (Communication 2.8)."""
    return serving.json_answer({"version": [str(edition) for edition in Edition]})


@blueprint.get("/profile")
@blueprint.get(f"/profile/{profile.VERSION}")
@access.public
def vocabulary_profile() -> Response:
    """Publish what the statements of the Academy look like as an xAPI Profile, for everybody."""
    text = json_text.encode(profile.document(iri_base()))
    answer = Response(text, content_type=profile.MEDIA_TYPE)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.after_app_request
def set_headers(answer: Response) -> Response:
    """Name the version, say what is consistent, and let scripts of other origins in.

    Also where no resource was reached: every answer under /xapi has these headers (Communication 3.3).
    """
    if not request.path.startswith(f"{blueprint.url_prefix}/"):
        return answer
    unnamed = current_app.config.get("XAPI_DEFAULT_VERSION", Edition.FIRST)
    edition = g.get("xapi_edition", unnamed)
    answer.headers["X-Experience-API-Version"] = str(edition)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = SHOWN_TO_SCRIPTS
    answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
    answer.headers["Access-Control-Allow-Headers"] = (
        "Authorization, Content-Encoding, Content-Type, If-Match, If-None-Match, X-Experience-API-Version"
    )
    if request.method == "OPTIONS":  # which browsers ask before each call of content on another origin
        answer.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"  # documents may be pages
    if g.get("xapi_statements", False):
        answer.headers["X-Experience-API-Consistent-Through"] = clock.rfc3339(_consistent_through(answer))
    return answer


def _consistent_through(answer: Response) -> datetime:
    if "xapi_through" in g:
        found: datetime = g.xapi_through
        return found
    if answer.status_code >= 400:
        db.session.rollback()
    return consistency.of(serving.connection())
