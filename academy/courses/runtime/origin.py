"""The content origin: package files on a host of their own."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask

blueprint = Blueprint("content", __name__, url_prefix="/_content/<label>")


def by_host(app: Flask) -> Callable[..., Any]:
    """Return the WSGI application that sends requests for content hosts to the content routes."""
    return app.wsgi_app
