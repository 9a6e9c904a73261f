import pytest
from argon2 import PasswordHasher

from academy.accounts import passwords
from academy.db import db
from tests.factories import accounts

PASSWORD = "three words fit"
DETAILS = {
    "name_latin": "Elena Popa",
    "name_cyrillic": "Елена Попа",
    "language": "ru",
    "time_zone": "Asia/Dushanbe",
}


@pytest.fixture
def elena(app):
    unit = accounts.organisation("Border Police")
    return accounts.person(
        email="elena@example.org", organisation=unit, password_hash=passwords.hash_of(PASSWORD)
    )


def test_profile_shows_only_the_own_account(elena, sign_in):
    accounts.person(email="other@example.org")

    page = sign_in(elena).get("/profile").text

    assert "elena@example.org" in page
    assert "other@example.org" not in page
    assert page.count("Confirmed") == 2


def test_profile_changes_names_language_and_zone(elena, sign_in):
    answer = sign_in(elena).post("/profile", data=DETAILS)

    db.session.refresh(elena)
    assert answer.location == "/profile"
    assert {name: getattr(elena, name) for name in DETAILS} == DETAILS
    assert elena.state_confirmed is not None


@pytest.mark.parametrize(
    "change",
    [
        {"name_latin": "=1+1"},
        {"name_latin": ""},
        {"language": "xx"},
        {"time_zone": "x"},
        {"name_cyrillic": "Elena"},
    ],
)
def test_profile_refuses_what_is_wrong(elena, sign_in, change):
    before = elena.name_latin

    answer = sign_in(elena).post("/profile", data=DETAILS | change)

    db.session.refresh(elena)
    assert answer.status_code == 422
    assert elena.name_latin == before


def test_profile_cannot_change_what_it_does_not_offer(elena, sign_in):
    sign_in(elena).post(
        "/profile", data=DETAILS | {"email": "x@example.org", "active": "", "state_confirmed": "1"}
    )

    db.session.refresh(elena)
    assert (elena.email, elena.active) == ("elena@example.org", True)


def test_a_new_place_of_service_waits_for_confirmation(elena, sign_in):
    accounts.state("GE")
    browser = sign_in(elena)

    answer = browser.post("/profile/service", data={"state": "GE", "organisation": ""})

    db.session.refresh(elena)
    assert answer.location == "/profile"
    assert (elena.state_code, elena.state_confirmed, elena.organisation) == ("GE", None, None)
    assert "Waiting for confirmation" in browser.get("/profile").text


def test_an_organisation_of_another_state_is_refused(elena, sign_in):
    patrol = accounts.organisation("Patrol", state="GE")

    answer = sign_in(elena).post(
        "/profile/service", data={"state": "MD", "organisation": str(patrol.public_id)}
    )

    db.session.refresh(elena)
    assert answer.status_code == 422
    assert "belongs to another state" in answer.text
    assert elena.organisation is not patrol


def test_changing_the_password_keeps_this_session_and_ends_others(elena, sign_in):
    here, elsewhere = sign_in(elena), sign_in(elena)

    answer = here.post("/profile/password", data={"current": PASSWORD, "password": "four words fit too"})

    db.session.refresh(elena)
    assert answer.location == "/profile"
    assert passwords.matches("four words fit too", elena.password_hash)
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303


def test_a_password_kept_with_older_parameters_can_be_changed(elena, sign_in):
    elena.password_hash = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    browser = sign_in(elena)

    answer = browser.post("/profile/password", data={"current": PASSWORD, "password": "four words fit too"})

    db.session.refresh(elena)
    assert answer.location == "/profile"
    assert passwords.matches("four words fit too", elena.password_hash)


def test_changing_the_password_needs_the_present_one_and_is_throttled(elena, sign_in):
    browser = sign_in(elena)
    fields = {"current": "wrong password", "password": "four words fit too"}

    answers = [browser.post("/profile/password", data=fields) for _ in range(6)]

    assert {answer.status_code for answer in answers} == {422}
    assert "not your current password" in answers[0].text
    assert "Wait a minute" in answers[5].text
    db.session.refresh(elena)
    assert passwords.matches(PASSWORD, elena.password_hash)


@pytest.mark.parametrize("path", ["/profile", "/profile/service", "/profile/password"])
def test_profile_asks_to_sign_in(client, path):
    assert client.post(path).location.startswith("/sign-in")
