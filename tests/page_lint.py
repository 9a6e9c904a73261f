"""A test client that checks the frame of every HTML page it fetches."""

from collections.abc import Iterator
from typing import Any

from flask import g
from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.test import TestResponse

from academy.db import db


class LintingClient(FlaskClient):
    """Fetch pages as a browser would, and fail where one breaks the rules of the house.

    `lint=False` opts out for one request.
    """

    def open(self, *args: Any, lint: bool = True, **options: Any) -> TestResponse:
        """Commit what the test prepared, send a request, and lint the answer where it is a page."""
        db.session.commit()
        for name in list(g):  # the test's application context is that of the request, too
            g.pop(name)
        answer = super().open(*args, **{"buffered": True, **options})
        if lint and answer.mimetype == "text/html" and not answer.is_streamed and not answer.location:
            hashed = "'sha256-" in answer.headers.get("Content-Security-Policy", "")
            faults = list(page_faults(answer.get_data(as_text=True), hashed=hashed))
            assert not faults, f"{answer.request.path}: {faults}"
        return answer


def page_faults(text: str, *, hashed: bool = False) -> Iterator[str]:
    """Yield what is wrong with the frame of a page; `hashed` style is named by the policy of the page."""
    page = html.fromstring(text)
    if not (page.get("lang") or ""):
        yield "html has no lang"
    if not (page.findtext(".//title") or "").strip():
        yield "no title"
    if len(page.xpath("//h1")) != 1:
        yield f"{len(page.xpath('//h1'))} h1"
    if len(page.xpath("//main")) != 1:
        yield "not exactly one main"
    if page.xpath("//*[@style]") or (page.xpath("//style") and not hashed):
        yield "inline style"
    yield from _script_faults(page)
    yield from _form_faults(page)
    if page.xpath("//img[not(@alt)]"):
        yield "img without alt"
    ids = page.xpath("//@id")
    yield from (f"id {name} twice" for name in {name for name in ids if ids.count(name) > 1})


def _script_faults(page: etree._Element) -> Iterator[str]:
    for script in page.xpath("//script[not(@src)]"):
        if script.get("type") != "application/json":
            yield "inline script"
    for name in page.xpath("//@*[starts-with(name(), 'on')]"):
        yield f"inline handler {name.attrname}"
    for address in page.xpath("//script/@src | //link/@href | //img/@src"):
        if address.startswith(("http:", "https:", "//")):
            yield f"outside address {address}"


def _form_faults(page: etree._Element) -> Iterator[str]:
    for form in page.xpath("//form[not(@action)]"):
        yield f"form without action {form.get('class')}"
    labelled = set(page.xpath("//label/@for"))
    for field in page.xpath("//input[not(@type='hidden') and not(@type='submit')] | //select | //textarea"):
        inside = field.xpath("ancestor::label")
        if (
            not inside
            and field.get("id") not in labelled
            and not field.get("aria-label")
            and not field.get("aria-labelledby")
        ):
            yield f"field {field.get('name')} without label"
