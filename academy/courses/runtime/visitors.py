"""Who may be in a launch: its person, or a browser with the cookie of that launch, got for a ticket."""

from uuid import UUID

import sqlalchemy as sa
from flask import Response, current_app, g, request
from flask_babel import refresh
from flask_login import current_user
from sqlalchemy.orm import joinedload

from academy.courses.models import Launch
from academy.courses.runtime import tokens
from academy.db import db
from academy.errors import NotAllowed, NotFound
from academy.security import app_origins

COOKIE = "launch"


class SignInFirst(Exception):
    """Nobody is signed in, and the browser has no cookie for the launch."""


def launch_for_visitor(public_id: UUID) -> Launch:
    """Return a launch to the person it belongs to; raises NotFound for others, SignInFirst for nobody."""
    launch = find(public_id)
    if launch is not None and not launch.person.is_active:
        raise NotFound
    if is_by_ticket(public_id) and launch is not None:
        g.language = launch.person.language
        refresh()
        return launch
    if not current_user.is_authenticated:
        raise SignInFirst
    if launch is None or launch.person_id != current_user.id:
        raise NotFound
    return launch


def find(public_id: UUID) -> Launch | None:
    """Return a launch with all that its pages show, or None."""
    return db.session.scalar(
        sa.select(Launch)
        .where(Launch.public_id == public_id)
        .options(joinedload(Launch.activity), joinedload(Launch.attempt), joinedload(Launch.person))
    )


def is_by_ticket(public_id: UUID) -> bool:
    """Say whether the browser is here by a ticket for this launch."""
    return tokens.is_visitor(request.cookies.get(COOKIE), launch=public_id)


def admit(answer: Response, launch: Launch) -> Response:
    """Let the browser into one launch, and nothing else, for a day."""
    answer.set_cookie(
        COOKIE,
        tokens.visit(launch.public_id),
        max_age=tokens.VISIT_SECONDS,
        path=f"/play/{launch.public_id}",
        httponly=True,
        samesite="Lax",
        secure=str(current_app.config["BASE_URL"]).startswith("https:"),
    )
    return answer


def refuse_foreign_origin() -> None:
    """Refuse a form or call that another origin sends, in place of a CSRF token; raises NotAllowed.

    The player works without an app session, and so without a place to keep such a token.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin not in (*app_origins(), request.host_url.rstrip("/")):
        raise NotAllowed
