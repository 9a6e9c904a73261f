"""Every SCORM 1.2 package of the golf examples, played to its end through the real player."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import PROJECT, Server
from tests.journeys.learning import content, enrolled, leave, wait_saved

pytestmark = pytest.mark.browser

GOLF = PROJECT.parent / "shared" / "packages" / "golf"
ANSWER = """() => {
  for (const question of test.Questions) {
    const place = `question_${question.Id}_`;
    if (question.Type === 'numeric') document.getElementById(place + 'Text').value = question.CorrectAnswer;
    else if (question.Type === 'true-false')
      document.getElementById(place + (question.CorrectAnswer ? 'True' : 'False')).checked = true;
    else document.getElementById(place + question.Answers.indexOf(question.CorrectAnswer)).checked = true;
  }
  SubmitAnswers();
}"""


@pytest.fixture
def golf(request: pytest.FixtureRequest) -> Path:
    package = GOLF / f"{request.param}.zip"
    if not package.exists():
        pytest.skip(f"{package} is not here")
    return package


@pytest.mark.parametrize("golf", ["RuntimeBasicCalls_SCORM12"], indirect=True)
def test_a_course_left_in_the_middle_goes_on_there_and_is_passed(
    server: Server, page: Page, golf: Path
) -> None:
    learner = enrolled(server, golf)
    page.goto(learner.address())
    for _ in range(3):
        content(page).click("#butNext")
    wait_saved(page)
    leave(page)
    middle = learner.attempts()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(learner.address())
    resumed = content(page)
    resumed.wait_for_function("currentPage === 3")
    while not resumed.is_disabled("#butNext"):
        resumed.click("#butNext")
    quiz = next(frame for frame in resumed.child_frames)
    quiz.wait_for_url("**/assessmenttemplate.html*")
    quiz.evaluate(ANSWER)
    wait_saved(page)
    leave(page)

    assert [(one["completion"], one["ended"]) for one in middle] == [("incomplete", None)]
    [end] = learner.attempts()
    assert (end["completion"], end["success"], end["score_raw"]) == ("completed", "passed", 100)
    assert end["data"]["cmi.core.lesson_location"] == "14"
    assert end["ended"] is not None
    verbs = [verb for verb, _ in learner.told()]
    assert verbs == [
        "initialized", "suspended", "resumed", "scored", "completed", "passed", "terminated"
    ]  # fmt: skip
    last = learner.told()[-1][1]
    assert last["score"] == {"raw": 100, "scaled": 1}
    assert (last["success"], last["completion"]) == (True, True)
    assert "Passed" in page.inner_text("main")


@pytest.mark.conformance
@pytest.mark.parametrize("golf", ["ContentPackagingOneFilePerSCO_SCORM12"], indirect=True)
def test_pages_without_a_script_are_complete_once_opened(server: Server, page: Page, golf: Path) -> None:
    learner = enrolled(server, golf)
    page.goto(learner.address())
    for _ in range(40):
        content(page)
        wait_saved(page)
        page.click("[data-act=contents]")
        following = page.locator("#contents li.is-current ~ li form").first
        if not following.count():
            break
        address = page.url
        following.locator("button").click()
        page.wait_for_url(lambda url, old=address: url != old)
    leave(page)

    attempts = learner.attempts()
    assert len(attempts) == 18
    assert {(one["completion"], one["success"]) for one in attempts} == {("completed", "unknown")}
    assert all(one["ended"] for one in attempts)
    verbs = [verb for verb, _ in learner.told()]
    assert verbs == ["initialized", "completed", "terminated"] * 18


@pytest.mark.conformance
@pytest.mark.parametrize("golf", ["ContentPackagingWithMetadata_SCORM12"], indirect=True)
def test_content_that_never_answers_is_said_so(server: Server, page: Page, golf: Path) -> None:
    learner = enrolled(server, golf)
    page.goto(learner.address())
    page.wait_for_selector("[data-strip=silent]:not([hidden])", timeout=25_000)
    strip = page.inner_text("[data-strip=silent]")
    leave(page)

    assert "The content has not answered." in strip
    assert learner.told() == []
