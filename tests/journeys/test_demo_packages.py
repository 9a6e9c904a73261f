"""The demonstration packages, played to their certificate-worthy end through the real player."""

from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page

from academy.demo import zipping
from tests.journeys.browser import Server
from tests.journeys.learning import content, enrolled, leave, wait_saved

pytestmark = pytest.mark.browser


def _choose(lesson: Frame) -> None:
    identifier = lesson.get_attribute("[data-test='question']", "data-question")
    correct = lesson.evaluate(
        "id => (LESSON.check?.questions || [])"
        ".concat(LESSON.pages.map(page => page.question).filter(Boolean))"
        ".find(question => question.id === id).correct",
        identifier,
    )
    for option in lesson.query_selector_all("[data-test^='option-']"):
        if option.get_attribute("value") in correct:
            option.check()
    lesson.click("[data-test='check']")


def _play(lesson: Frame) -> None:
    """Go through the pages, answer what is asked, and finish."""
    lesson.wait_for_selector("h1")
    for _ in range(80):
        if lesson.is_visible("[data-test='finish']"):
            lesson.click("[data-test='finish']")
            return
        question = lesson.query_selector("[data-test='check']")
        if question and question.is_enabled():
            _choose(lesson)
        lesson.click("[data-test='next']")
    raise AssertionError("the lesson has no end")


@pytest.mark.conformance
@pytest.mark.parametrize(("code", "parts"), [("DEMO-C1", 1), ("DEMO-C6", 3)])
def test_a_demonstration_package_is_played_to_its_end(
    server: Server, page: Page, tmp_path: Path, code: str, parts: int
) -> None:
    package = tmp_path / f"{code}.zip"
    package.write_bytes(zipping.build(code, "en"))
    learner = enrolled(server, package)
    for number in range(1, parts + 1):
        page.goto(learner.address(number))
        _play(content(page))
        wait_saved(page)
        leave(page)

    attempts = learner.attempts()
    assert [one["completion"] for one in attempts] == ["completed"] * parts
    assert attempts[-1]["success"] == "passed"
    assert attempts[-1]["score_raw"] == 100
    verbs = [verb for verb, _ in learner.told()]
    assert verbs.count("initialized") == verbs.count("terminated") == parts
    assert "responded" in verbs
