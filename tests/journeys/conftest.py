"""The fixtures of journeys: a server, a browser and a page."""

from tests.journeys.browser import chromium, page, server

__all__ = ["chromium", "page", "server"]
