"""The application class: Flask, less what it would work out anew for each request."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from itsdangerous import URLSafeTimedSerializer
from wtforms.i18n import messages_path

from academy import translating
from academy.locale import language

#: In the environment of requests for an origin apart: it has no cookies, and its blueprint has its own rules.
APART = "academy.apart"


class Visit(Request):
    """A request; its form messages come from the catalogue that the process keeps."""

    @property
    def wtforms_translations(self) -> object:
        """Return WTForms' own messages, where Flask-WTF looks before it reads their file."""
        return translating.catalogue(messages_path(), language(), "wtforms")


class Cookies(SecureCookieSessionInterface):
    """Sessions in signed cookies, all signed by one signer."""

    def __init__(self) -> None:
        """Begin without a signer: it needs the key of the app."""
        self._signer: URLSafeTimedSerializer | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; on an origin apart one that keeps nothing."""
        if APART in request.environ:
            return self.make_null_session(app)
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the signer of the app's key, made once."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


class Web(Flask):
    """The application."""

    jinja_environment = translating.Environment
    request_class = Visit

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Flask takes."""
        super().__init__(*arguments, **options)
        self.session_interface = Cookies()

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Do what comes before a view; on an origin apart only what its blueprint asks for."""
        if APART not in request.environ:
            return super().preprocess_request()
        rules = self.before_request_funcs.get(request.blueprint, ())
        return next((answer for rule in rules if (answer := rule()) is not None), None)  # type: ignore[return-value]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none is a coroutine."""
        return func
