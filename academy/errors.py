"""Domain errors, and the one table that maps them to pages, problem JSON and status codes."""

import errno
import logging

import sqlalchemy as sa
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from academy import emergency, trace, transactions
from academy.db import db

log = logging.getLogger(__name__)


class DomainError(Exception):
    """Something a room refuses; carries a sentence for the person, and facts for programs."""

    message: object = _l("That is not possible.")

    def __init__(self, message: object = None, **facts: object) -> None:
        """Take the sentence (lazily translated) and named facts shown in problem JSON."""
        self.message = message or self.message
        self.facts = facts
        super().__init__(str(type(self).__name__), facts)

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        return str(self.message)


class NotFound(DomainError):
    """There is no such thing, or it may not be known to this person."""

    message = _l("There is nothing at this address.")


class NotAllowed(DomainError):
    """The person's roles or scope do not cover this."""

    message = _l("Your account may not do this.")


class Invalid(DomainError):
    """Input that is wrong; the message names what and where."""

    message = _l("The input is not valid.")


class Conflict(DomainError):
    """Somebody changed the thing in the meantime, or it exists already."""

    message = _l("This was changed in the meantime.")


class TooLarge(DomainError):
    """Input above a limit that the message names."""

    message = _l("This is too large.")


class Unavailable(DomainError):
    """Something the Academy needs does not answer just now; the same request may work a little later."""

    message = _l("Something the Academy needs does not answer just now. Try again in a minute.")


STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
}

#: The disk is full, read-only, broken or no longer there.
PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE}

RETRY_AFTER = {503: "30"}

TITLES = {
    400: _l("The request could not be read"),
    401: _l("Sign in first"),
    403: _l("This is not open to your account"),
    404: _l("There is nothing at this address"),
    405: _l("This address does not work that way"),
    409: _l("This was changed in the meantime"),
    413: _l("This is too large"),
    415: _l("This kind of data is not taken here"),
    422: _l("Something in the input is wrong"),
    429: _l("Too many attempts"),
    500: _l("Something went wrong on our side"),
    503: _l("Not available for a moment"),
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status for a domain error, by its nearest class in the table."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def init_app(app: Flask) -> None:
    """Answer every error in the form that the client reads."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unknown_error)


def _domain_error(error: DomainError) -> tuple[Response, int]:
    status = status_of(error)
    if status >= 500:
        log.error("%s", type(error).__name__, exc_info=error)
    return _answer(status, error.message, error.facts)


def _stale_form(error: CSRFError) -> tuple[Response, int]:
    return _answer(
        400, _l("This form was open for too long or comes from elsewhere. Go back, reload and send it again.")
    )


def _http_error(error: HTTPException) -> tuple[Response, int] | HTTPException:
    failed = getattr(error, "original_exception", None)
    if failed is not None:  # what fails after a view, as the commit
        return _unknown_error(failed)
    code = error.code or 500
    if code < 400:
        return error
    return _answer(code, TITLES.get(code, TITLES[400]))  # not its own name, which is English


def _unknown_error(error: Exception) -> tuple[Response, int]:
    log.error("unexpected error", exc_info=error)
    _end_transaction()
    if is_passing(error):
        return _answer(503, Unavailable.message)
    if transactions.is_collision(error):  # two did the same in the same moment
        return _answer(409, Conflict.message)
    return _answer(500, _l("The fault was written to the log."))


def _end_transaction() -> None:
    """End what is left of the transaction; where the database is away, nobody is known to be signed in."""
    try:
        db.session.rollback()
        getattr(current_user, "is_authenticated", False)
    except sa.exc.SQLAlchemyError:
        db.session.remove()
        g._login_user = AnonymousUserMixin()


def is_passing(error: BaseException) -> bool:
    """Say whether something the Academy needs is away or full, so that the same may work a little later."""
    if isinstance(error, Unavailable):
        return True
    return transactions.is_passing(error) or (isinstance(error, OSError) and error.errno in PASSING)


def _answer(code: int, message: object, facts: dict[str, object] | None = None) -> tuple[Response, int]:
    title, work = TITLES.get(code, TITLES[400]), trace.present()
    request_id = work.code if work else ""
    if _wants_json():
        answer = jsonify(
            type="about:blank",
            title=str(title),
            status=code,
            detail=str(message),
            request_id=request_id,
            **(facts or {}),
        )
        answer.mimetype = "application/problem+json"
    elif code >= 500:
        answer = emergency.page(title=title, message=message, code=request_id)
    else:
        page = render_template(
            "errors/error.html", code=code, title=title, message=message, request_id=request_id
        )
        answer = make_response(page)
    if code in RETRY_AFTER:
        answer.headers["Retry-After"] = RETRY_AFTER[code]
    return answer, code


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith(("/api/", "/xapi/")) or best == "application/json"
