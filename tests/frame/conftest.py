"""A real browser whose every request is answered by the test client: no server, no port."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

HOST = "http://localhost:5000"
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"

Browse = Callable[..., Page]


@pytest.fixture
def browse(app: Flask, chromium: Browser) -> Iterator[Browse]:
    """Return a function that opens a path: at a width, in light or dark, with script or without."""
    contexts = []

    def open_page(path: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            bypass_csp=True,
        )
        contexts.append(context)
        client = app.test_client()
        context.route("**/*", lambda route: answer(app, client, route))
        page = context.new_page()
        page.goto(HOST + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def answer(app: Flask, client: FlaskClient, route: Route) -> None:
    """Let the test client answer, following redirects; Playwright calls outside of the test's context."""
    address = urlsplit(route.request.url)
    path = f"{address.path}?{address.query}" if address.query else address.path
    kept = {"accept", "accept-language", "content-type"}  # the test client keeps the cookies
    with app.app_context():
        response = client.open(
            path,
            method=route.request.method,
            data=route.request.post_data_buffer,
            headers=[(name, value) for name, value in route.request.headers.items() if name in kept],
            follow_redirects=True,
        )
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.get_data())
