"""The fixtures of journeys: a server, a browser and a page."""

from tests.journeys.browser import academy, page, server

__all__ = ["academy", "page", "server"]
