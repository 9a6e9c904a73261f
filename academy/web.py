"""The application class: Flask, less what it would work out anew for each request."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from wtforms.i18n import messages_path

from academy import translating
from academy.locale import language


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

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none is a coroutine."""
        return func
