"""The statement browser while somebody follows it: lines come in, are counted, and rest with the page."""

import pytest
from playwright.sync_api import Page, expect

from academy.db import db
from tests.factories import xapi
from tests.journeys.acting import DEMO_PASSWORD, read_in
from tests.journeys.browser import Server, sign_in

pytestmark = pytest.mark.browser

HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
VERB = "https://example.org/verbs/followed"


def store(academy: Server, *names: str) -> None:
    with academy.database():
        for name in names:
            xapi.stored(xapi.statement(verb={"id": VERB}, object=xapi.activity(name)))
            db.session.commit()


def test_new_statements_come_while_the_page_is_looked_at(academy: Server, page: Page) -> None:
    page.clock.install()
    sign_in(page, academy, "admin@academy.example", DEMO_PASSWORD)
    read_in(page, "en")
    page.goto(f"{academy.url}/admin/xapi/statements?verb={VERB}")
    told, heard = page.locator(".statement__told"), page.locator("[data-heard]")
    expect(page.locator("main")).to_contain_text("No statement for these filters")
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("[data-said]").first).to_have_text("New statements: 0")

    store(academy, "one", "two")
    page.clock.run_for(3000)
    expect(told).to_contain_text(["“two”", "“one”"])
    expect(page.locator("main")).not_to_contain_text("No statement for these filters")
    expect(heard).to_have_text("New statements: 0")  # screen readers are not told every few seconds
    page.clock.run_for(10_000)
    expect(heard).to_have_text("New statements: 2")

    page.evaluate(HIDDEN, True)
    store(academy, "three")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(9000)
    assert asked == []
    page.evaluate(HIDDEN, False)
    expect(told).to_contain_text(["“three”", "“two”", "“one”"])

    told.first.click()
    expect(page.locator("pre").first).to_contain_text(f'"{VERB}"')


@pytest.mark.parametrize("shown", ["", "&voided=1"])
def test_what_is_voided_meanwhile_is_marked_or_goes(academy: Server, page: Page, shown: str) -> None:
    verb = f"{VERB}/voided{bool(shown)}"
    with academy.database():
        mistake, _kept = (
            xapi.stored(xapi.statement(verb={"id": verb}, object=xapi.activity(name)))[0]
            for name in ("mistake", "kept")
        )
        db.session.commit()
    page.clock.install()
    sign_in(page, academy, "admin@academy.example", DEMO_PASSWORD)
    read_in(page, "en")
    page.goto(f"{academy.url}/admin/xapi/statements?verb={verb}{shown}")
    told = page.locator(".statement__told")
    expect(told).to_have_count(2)
    with page.expect_response(lambda answer: "/statements/new" in answer.url):
        page.get_by_role("button", name="Follow").click()

    with academy.database():
        xapi.stored(xapi.voiding(mistake))
        db.session.commit()
    expect(told).to_have_count(2)
    with page.expect_response(lambda answer: "/statements/new" in answer.url):
        page.clock.run_for(3000)

    if shown:
        expect(page.locator(".statement--voided summary")).to_contain_text(["“mistake”"])
        expect(page.locator(".statement--voided .badge")).to_have_text(["Voided"])
    names = ["voided “", "“kept”", *(["“mistake”"] if shown else [])]
    expect(told).to_contain_text(names)
    expect(told).to_have_count(len(names))
