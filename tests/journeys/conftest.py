"""The fixtures of journeys: a server, a browser and a page."""

from tests.journeys.browser import academy, chromium, page, server

__all__ = ["academy", "chromium", "page", "server"]
