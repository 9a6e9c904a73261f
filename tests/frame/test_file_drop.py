"""Uploading a file in a real browser: told in words, followed to the end, refused with a reason."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, Route

from tests.frame.conftest import HOST, Browse

pytestmark = pytest.mark.browser

SAMPLE = """
{% extends "layouts/page.html" %}
{% from "components/button.html" import button %}
{% from "components/file-drop.html" import file_drop %}
{% block title %}Upload{% endblock %}
{% block content %}
<h1>Upload</h1>
<form class="form" method="post" action="/sample/upload" enctype="multipart/form-data" data-upload>
  {{ file_drop(label="Package", accept=".zip") }}
  {{ button("Send", kind="primary", busy="Sending") }}
</form>
{% endblock %}
"""
FILE = {"name": "labour_en.zip", "mimeType": "application/zip", "buffer": b"x" * 1_500_000}


def reply(route: Route, status: int, body: dict[str, object]) -> None:
    route.fulfill(status=status, content_type="application/json", body=json.dumps(body))


@pytest.fixture
def page(app: Flask, browse: Browse) -> Page:
    """Open a page with a file drop; what the server answers is for each test to say."""
    page = browse("/help")
    with app.test_request_context("/sample"):
        sample = app.jinja_env.from_string(SAMPLE)
        context: dict[str, object] = {}
        app.update_template_context(context)
        text = sample.render(**context)
    page.route("**/sample", lambda route: route.fulfill(content_type="text/html", body=text))
    page.goto(f"{HOST}/sample")
    return page


def test_chosen_file_is_named_with_its_size(page: Page) -> None:
    page.set_input_files("#file", FILE)

    assert page.inner_text("[data-upload-name]") == "labour_en.zip"
    assert page.inner_text("[data-upload-words]") == "1.5 MB"


def test_upload_is_followed_until_the_work_is_done(page: Page) -> None:
    states: Iterator[dict[str, object]] = iter(
        [
            {"share": 0.5, "message": "Reading the package", "done": False},
            {"share": 1, "done": True, "next": "/contact"},
        ]
    )
    seen: list[str] = []
    page.route("**/sample/upload", lambda route: reply(route, 202, {"status_url": "/sample/state"}))

    def state(route: Route) -> None:
        seen.append(page.url)
        reply(route, 200, next(states))

    page.route("**/sample/state", state)
    page.set_input_files("#file", FILE)
    page.click("text=Send")
    page.wait_for_function(
        "document.querySelector('[data-upload-words]').textContent == 'Reading the package'"
    )
    assert page.locator("[data-upload-bar]").get_attribute("value") == "50"
    assert page.inner_text("[data-upload-heard]") == "Reading the package"

    page.wait_for_url("**/contact")
    assert len(seen) == 2


def test_refused_file_gets_its_reason_and_may_be_sent_again(page: Page) -> None:
    problem = {"title": "The package was refused", "detail": "imsmanifest.xml is missing."}
    page.route("**/sample/upload", lambda route: reply(route, 422, problem))
    page.set_input_files("#file", FILE)
    page.click("text=Send")

    alert = page.locator("[data-upload-alert]")
    alert.wait_for(state="visible")
    assert alert.inner_text().split() == " ".join(problem.values()).split()
    assert alert.evaluate("element => element === document.activeElement")
    assert page.locator("form[data-upload]").get_attribute("data-sent") is None


def test_line_that_breaks_is_told(page: Page) -> None:
    page.route("**/sample/upload", lambda route: route.abort())
    page.set_input_files("#file", FILE)
    page.click("text=Send")

    page.locator("[data-upload-alert]").wait_for(state="visible")
    assert page.inner_text("[data-upload-fault]").startswith("The upload has stopped")
