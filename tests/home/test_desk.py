"""Desks: what waits first, within the scope of the person, in a fixed number of queries."""

import re

import pytest
from lxml import html

from academy import audit, clock
from academy.accounts.models import Grant
from academy.db import db
from academy.jobs import Job
from academy.reports import figures
from academy.reports.figures import RegionFigures
from tests.factories import accounts, certificates, courses, library, progress

DESKS = ("trainer", "editor", "secretariat", "observer", "administrator")


def text(answer):
    page = html.fromstring(answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", page.find(".//main").text_content())


def navigation(answer):
    page = html.fromstring(answer.get_data(as_text=True))
    return [
        re.sub(r"\s+", " ", link.text_content()).strip()
        for link in page.xpath("//nav[@class='navigation']//a")
    ]


@pytest.fixture
def staffed(app):
    """A learner of Moldova and one of Georgia who completed a course, and one of each who waits."""
    for state, name in (("MD", "Mihai"), ("GE", "Giorgi")):
        certificates.certificate(person=accounts.person(state=state, name_latin=f"{name} Certified"))
        accounts.person(state=state, name_latin=f"{name} Waits", confirmed=False)


def test_the_desk_is_not_for_learners(client, sign_in):
    assert client.get("/desk").location == "/sign-in?next=/desk"
    assert sign_in(accounts.person()).get("/desk").status_code == 403


@pytest.mark.parametrize("role", DESKS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_role_has_a_desk_with_nothing_on_it(sign_in, role, language):
    browser = sign_in(accounts.person(roles=[role], language=language))

    answer = browser.get("/desk")

    assert answer.status_code == 200
    assert browser.get("/").location == "/desk"


def test_a_coordinator_decides_on_the_desk_within_the_scope(staffed, sign_in):
    browser = sign_in(accounts.coordinator("MD"))
    answer = browser.get("/desk")
    found = text(answer)

    assert "1 thing waits for you" in found
    assert "National coordinator · Moldova" in found
    assert "Mihai Waits" in found
    assert "Giorgi" not in found
    assert "1 individual enrolled" in found
    assert navigation(answer)[0] == "My desk 1 waiting for you"


def test_a_decision_comes_back_to_the_desk_and_can_be_undone(staffed, sign_in):
    browser = sign_in(accounts.coordinator("MD"))
    page = html.fromstring(browser.get("/desk").text)
    confirm = next(form for form in page.forms if form.action.endswith("/confirm"))

    done = browser.post(confirm.action, data=dict(confirm.fields))
    assert done.location == "/desk"
    after = html.fromstring(browser.get("/desk").text)
    assert "Mihai Waits is confirmed." in after.find(".//main").text_content()
    undo = next(form for form in after.forms if form.action == "/people/undo")
    assert browser.post(undo.action, data=dict(undo.fields)).location == "/desk"

    again = text(browser.get("/desk"))
    assert "1 thing waits for you" in again
    assert "waits for a decision again" in again


def test_the_longest_waiting_stand_on_the_desk_oldest_last(app, sign_in):
    for day in range(1, 8):
        made = clock.now().replace(year=2025, month=3, day=day)
        accounts.person(name_latin=f"Waits Since {day}", confirmed=False, created=made)

    found = text(sign_in(accounts.coordinator("MD")).get("/desk"))

    assert re.findall(r"Waits Since (\d)", found) == ["5", "4", "3", "2", "1"]
    assert "All requests (7)" in found


@pytest.mark.parametrize("role", ["secretariat", "administrator"])
def test_secretariat_and_administrators_see_all_states(staffed, sign_in, role):
    found = text(sign_in(accounts.person(roles=[role])).get("/desk"))

    assert "2 things wait for you" in found
    assert "all states" in found
    assert "Giorgi Waits" in found
    assert "2 individuals enrolled" in found


def test_a_trainer_sees_the_own_courses_only(app, sign_in):
    trainer, other = accounts.person(roles=["trainer"]), accounts.person(roles=["trainer"])
    mine = courses.published_course_with_sco(title={"en": "Mine"}, author=trainer)
    theirs = courses.published_course_with_sco(title={"en": "Not mine"}, author=other)
    for of in (mine, theirs, theirs):
        seat = courses.enrolment(of.course, person=accounts.person(name_latin="Somebody Named"))
        progress.finish(seat, of.leaf)

    found = text(sign_in(trainer).get("/desk"))

    assert "Nothing waits for you" in found
    assert "Mine 1 person · started: 1 · completed: 1" in found
    assert "1 individual enrolled" in found
    assert "Not mine" not in found
    assert "Somebody Named" not in found


def test_contents_that_are_newer_than_the_release_wait_for_their_trainer(app, sign_in):
    trainer, other = accounts.person(roles=["trainer"]), accounts.person(roles=["trainer"])
    for author, title in ((trainer, "Changed"), (other, "Of somebody else")):
        made = courses.published_course_with_sco(title={"en": title}, author=author)
        courses.package_version(made.activity)
    courses.published_course_with_sco(title={"en": "As released"}, author=trainer)
    draft = courses.course(title={"en": "Never released"}, author=trainer, status="draft")
    courses.package_version(courses.activity(draft))
    courses.course(title={"en": "Empty draft"}, author=trainer, status="draft")
    archived = courses.published_course_with_sco(title={"en": "Gone"}, author=trainer, status="archived")
    courses.package_version(archived.activity)

    found = text(sign_in(trainer).get("/desk"))

    assert "2 things wait for you" in found
    assert "Changed" in found
    assert "Never released" in found
    for hidden in ("Of somebody else", "As released", "Empty draft", "Gone"):
        assert hidden not in found
    assert "wait for you" not in text(sign_in(accounts.person(roles=["secretariat"])).get("/desk"))


def test_an_observer_sees_no_names_and_no_small_counts(staffed, sign_in):
    for _ in range(6):
        courses.enrolment(person=accounts.person(state="MD", name_latin="Named Person"))
    accounts.state("MD", region="Eastern Partnership")
    accounts.state("GE", region="Central Asia")

    found = text(sign_in(accounts.person(roles=["observer"])).get("/desk"))

    assert "The Academy in figures" in found
    assert "8 individuals enrolled" in found
    assert "under 5 certificates valid" in found
    assert "hidden: it would point at fewer than 5 people" in found
    assert "Eastern Partnership hiddenhiddenhiddenhidden" in found
    assert "Central Asia hiddenhiddenhiddenhidden" in found
    for name in ("Named Person", "Certified", "Waits"):
        assert name not in found


def test_an_observer_cannot_subtract_completions_from_participations(app, sign_in, monkeypatch):
    regions = [
        RegionFigures("Central Asia", 30, 40, 38, 20),
        RegionFigures("Western Balkans", 30, 40, 20, 10),
    ]
    monkeypatch.setattr(figures, "by_region", lambda: regions)

    found = text(sign_in(accounts.person(roles=["observer"])).get("/desk"))

    assert "Central Asia 3040hidden20" in found
    assert "Western Balkans 3040hidden10" in found


def test_an_editor_sees_what_is_in_one_language_only(app, sign_in):
    library.resource(title={"en": "English only"}, languages=["en"])
    library.resource(title={"en": "In both"}, languages=["en", "ru"], audience="participants")

    found = text(sign_in(accounts.person(roles=["editor"])).get("/desk"))

    assert "Library desk" in found
    assert "English only" in found
    assert "missing: Russian" in found
    assert "In both" not in found
    assert "1 of 2" in found


def test_people_with_several_roles_have_one_desk_and_at_most_eight_entries(staffed, sign_in):
    person = accounts.coordinator("MD")
    person.grants += [Grant(role=role) for role in DESKS]
    db.session.flush()

    answer = sign_in(person).get("/desk")
    entries = navigation(answer)

    assert entries[0].startswith("Overview")
    assert len(entries) == 8
    assert len({entry for entry in entries if "esk" in entry or "Overview" in entry}) == 1
    assert "My learning" not in entries
    assert "Also here" in text(answer)
    assert "My learning" in text(answer)


def test_an_administrator_sees_failed_jobs_and_the_newest_acts(app, sign_in):
    for state in ("failed", "queued"):
        db.session.add(Job(kind="test.work", payload={}, state=state, error="no"))
    audit.record("state.save", target=audit.Target("MD", "Moldova"), after={"status": "active"})

    answer = sign_in(accounts.person(roles=["administrator"])).get("/desk")
    found = text(answer)

    assert "1 thing waits for you" in found
    assert "1 job has failed" in found
    assert "1 jobs failed" in found
    assert "State changed" in found
    others = text(sign_in(accounts.person(roles=["secretariat"])).get("/desk"))
    assert "Nothing waits for you" in others
    assert "State changed" not in others
    assert "jobs failed" not in others


@pytest.mark.parametrize(
    ("address", "entry"),
    [("/admin", "Administration"), ("/admin/jobs", "Administration"), ("/admin/states/MD", "People")],
)
def test_the_navigation_marks_where_one_is(app, sign_in, address, entry):
    page = html.fromstring(sign_in(accounts.person(roles=["administrator"])).get(address).text)

    marked = page.xpath("//nav[@class='navigation']//a[@aria-current='page']")

    assert [link.text_content().strip() for link in marked] == [entry]


@pytest.mark.parametrize("role", DESKS)
def test_a_desk_asks_a_fixed_number_of_queries(app, sign_in, queries, role):
    person = accounts.person(roles=[role])

    def some(count):
        for number in range(count):
            made = courses.published_course_with_sco(author=person)
            courses.package_version(made.activity)
            for _ in range(2):
                courses.enrolment(made.course, person=accounts.person(name_latin=f"Seat {number}"))
            accounts.person(confirmed=False, organisation=accounts.organisation())
            library.resource(languages=["en"])

    some(2)
    browser = sign_in(person)
    browser.get("/desk")
    with queries() as few:
        browser.get("/desk")
    some(8)
    with queries() as many:
        browser.get("/desk")

    assert len(many) == len(few)


@pytest.mark.parametrize(("roles", "way"), [(["trainer"], "/desk"), (["observer"], "/desk"), ([], "/learn")])
def test_a_refusal_leads_back_to_where_the_person_works(sign_in, roles, way):
    refused = sign_in(accounts.person(roles=roles)).get("/admin/people")

    ways = html.fromstring(refused.text).xpath("//main//a[contains(@class, 'button--primary')]/@href")
    assert (refused.status_code, ways) == (403, [way])
