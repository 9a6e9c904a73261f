"""The production application, with jobs that can be watched."""

from tests.ground import trial  # noqa: I001 -- sets times before the application takes them
from academy.wsgi import app

__all__ = ["app", "trial"]
