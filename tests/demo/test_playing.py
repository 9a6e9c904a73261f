"""The demonstration packages, played in a browser against a small SCORM 1.2 platform."""

import io
import json
import mimetypes
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Route

from academy.demo import zipping

pytestmark = pytest.mark.browser

HOST = "http://lesson.test/"
PLATFORM = """<!doctype html><title>Platform</title><script>
window.cmi = Object.assign({
  'cmi.core.lesson_status': 'not attempted', 'cmi.core.lesson_mode': 'normal', 'cmi.interactions._count': 0,
}, %s);
window.calls = [];
let isOpen = false;
const does = (name, act) => (...given) => {
  calls.push(name);
  const answer = (isOpen || name === 'LMSInitialize') ? act(...given) : 'false';
  if (answer === 'false') calls.push('refused');
  return answer;
};
window.API = {
  LMSInitialize: does('LMSInitialize', () => { isOpen = true; return 'true'; }),
  LMSGetValue: (name) => String(cmi[name] ?? ''),
  LMSSetValue: does('LMSSetValue', (name, value) => {
    cmi[name] = value;
    if (name.endsWith('.id')) cmi['cmi.interactions._count'] += 1;
    return 'true';
  }),
  LMSCommit: does('LMSCommit', () => window.isDeaf ? 'false' : 'true'),
  LMSFinish: does('LMSFinish', () => { isOpen = false; return 'true'; }),
  LMSGetLastError: () => '0',
};
</script><iframe src="%s.html"></iframe>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(5000)
    yield page
    page.close()


def opened(page: Page, code: str, key: str, cmi: dict[str, Any] | None = None) -> Frame:
    package = zipfile.ZipFile(io.BytesIO(zipping.build(code, "en")))

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(HOST)
        kind = mimetypes.guess_type(name)[0] or "text/html"
        body = package.read(name) if name else PLATFORM % (json.dumps(cmi or {}), key)
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")

    page.unroute_all()
    page.route(f"{HOST}**", answer)
    page.goto(HOST)
    lesson = page.frames[1]
    lesson.wait_for_selector("h1")
    return lesson


def click(lesson: Frame, hook: str) -> None:
    lesson.click(f"[data-test='{hook}']")


def choose(lesson: Frame, *, wrongly: bool = False) -> None:
    """Answer the question on the page, rightly or with the wrong options only, and check it."""
    identifier = lesson.get_attribute("[data-test='question']", "data-question")
    correct = lesson.evaluate(
        "id => LESSON.check.questions.concat(LESSON.pages.map(page => page.question).filter(Boolean))"
        ".find(question => question.id === id).correct",
        identifier,
    )
    for option in lesson.query_selector_all("[data-test^='option-']"):
        if (option.get_attribute("value") in correct) is not wrongly:
            option.check()
    click(lesson, "check")


def answer_test(lesson: Frame, *, wrong: int = 0) -> None:
    """Go from the page before the test to the result, with so many wrong answers."""
    for number in range(len(lesson.evaluate("LESSON.check.questions"))):
        click(lesson, "next")
        choose(lesson, wrongly=number < wrong)
    click(lesson, "next")


def cmi_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("cmi")
    return found


def test_enough_right_answers_pass_the_test(page: Page) -> None:
    lesson = opened(page, "DEMO-C6", "measure")
    for _ in range(3):
        click(lesson, "next")
    answer_test(lesson, wrong=2)

    assert lesson.inner_text("[data-test='score']") == "67%"
    click(lesson, "finish")
    cmi = cmi_of(page)

    assert {name: value for name, value in cmi.items() if name.startswith("cmi.core.")} == {
        "cmi.core.lesson_status": "passed",
        "cmi.core.lesson_mode": "normal",
        "cmi.core.lesson_location": "result",
        "cmi.core.score.min": "0",
        "cmi.core.score.max": "100",
        "cmi.core.score.raw": "67",
        "cmi.core.exit": "",
        "cmi.core.session_time": cmi["cmi.core.session_time"],
    }
    assert page.evaluate("calls.at(-1)") == "LMSFinish"
    assert "refused" not in page.evaluate("calls")


def test_too_few_right_answers_fail_until_a_better_attempt(page: Page) -> None:
    lesson = opened(page, "DEMO-C6", "measure")
    for _ in range(3):
        click(lesson, "next")
    answer_test(lesson, wrong=3)

    failed = cmi_of(page)
    click(lesson, "retry")
    choose(lesson)
    for _ in range(5):
        click(lesson, "next")
        choose(lesson)
    passed = cmi_of(page)

    assert (failed["cmi.core.lesson_status"], failed["cmi.core.score.raw"]) == ("failed", "50")
    assert (passed["cmi.core.lesson_status"], passed["cmi.core.score.raw"]) == ("passed", "100")
    assert passed["cmi.interactions._count"] == 12


def test_an_answer_is_recorded_as_an_interaction(page: Page) -> None:
    lesson = opened(page, "DEMO-C1", "index", {"cmi.core.lesson_location": "C1-Q1"})
    choose(lesson, wrongly=True)

    cmi = cmi_of(page)
    row = "cmi.interactions.0."

    assert {name.removeprefix(row): value for name, value in cmi.items() if name.startswith(row)} == {
        "id": "C1-Q1",
        "type": "choice",
        "time": cmi[f"{row}time"],
        "correct_responses.0.pattern": "a,c",
        "weighting": "1",
        "student_response": "b,d",
        "result": "wrong",
        "latency": cmi[f"{row}latency"],
    }


def test_leaving_in_the_middle_comes_back_to_the_same_page_and_answers(page: Page) -> None:
    lesson = opened(page, "DEMO-C1", "index")
    click(lesson, "next")
    click(lesson, "next")
    choose(lesson)
    page.evaluate("document.querySelector('iframe').remove()")
    left = cmi_of(page)

    lesson = opened(page, "DEMO-C1", "index", left)

    assert (left["cmi.core.exit"], left["cmi.core.lesson_status"]) == ("suspend", "incomplete")
    assert lesson.inner_text("h1") == "Where we act: four tiers of access control"
    assert lesson.is_checked("[data-test='option-a']")
    assert lesson.get_attribute("[data-test='feedback']", "data-result") == "correct"
    assert cmi_of(page)["cmi.suspend_data"] == left["cmi.suspend_data"]


def test_a_lesson_without_a_test_is_completed_when_every_page_was_seen(page: Page) -> None:
    lesson = opened(page, "DEMO-C6", "covers")
    for _ in range(3):
        click(lesson, "next")
    before = cmi_of(page)["cmi.core.lesson_status"]
    click(lesson, "next")

    assert (before, cmi_of(page)["cmi.core.lesson_status"]) == ("incomplete", "completed")


def test_a_finished_result_is_kept_when_the_lesson_is_opened_again(page: Page) -> None:
    lesson = opened(
        page, "DEMO-C6", "measure", {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "83"}
    )
    for _ in range(3):
        click(lesson, "next")
    answer_test(lesson, wrong=6)

    cmi = cmi_of(page)
    assert (cmi["cmi.core.lesson_status"], cmi["cmi.core.score.raw"]) == ("passed", "83")


def test_a_refused_commit_is_said_on_the_page(page: Page) -> None:
    lesson = opened(page, "DEMO-C6", "covers")
    page.evaluate("window.isDeaf = true")
    click(lesson, "next")
    said = lesson.inner_text("[data-test='banner']")
    page.evaluate("window.isDeaf = false")
    click(lesson, "next")

    assert said == lesson.evaluate("LESSON.words.notSaved")
    assert not lesson.is_visible("[data-test='banner']")


def test_a_new_page_takes_the_focus_to_its_heading(page: Page) -> None:
    lesson = opened(page, "DEMO-C6", "plan")
    click(lesson, "next")

    assert lesson.evaluate("document.activeElement.outerHTML") == lesson.evaluate(
        "document.querySelector('h1').outerHTML"
    )


def test_without_a_platform_the_lesson_opens_and_says_so(page: Page) -> None:
    opened(page, "DEMO-C6", "covers")
    page.goto(f"{HOST}covers.html")

    assert page.inner_text("[data-test='banner']") == page.evaluate("LESSON.words.noPlatform")
    assert page.inner_text("h1") == "What integration covers"
