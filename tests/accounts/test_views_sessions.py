from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from academy import clock
from academy.accounts import departures, passwords, sessions
from academy.accounts.models import PersonSession
from academy.accounts.privacy import PRIVACY_VERSION
from academy.db import db
from tests.factories import accounts

PASSWORD = "three words fit"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def elena(app):
    sessions.begin(accounts.person(), agent="Edge, Windows")
    return accounts.person(email="elena@example.org", password_hash=passwords.hash_of(PASSWORD))


def enter(client, **fields):
    data = {"email": "elena@example.org", "password": PASSWORD, **fields}
    return client.post("/sign-in", data=data, headers={"User-Agent": FIREFOX})


def cookies(answer):
    return {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}


def mine(person):
    return db.session.scalars(sa.select(PersonSession).where(PersonSession.person_id == person.id)).all()


def test_ones_own_computer_is_remembered_until_the_session_is_over(client, elena):
    set_now = cookies(enter(client))

    assert "Expires=" in set_now["session"]
    assert "known" in set_now
    [session] = mine(elena)
    assert (session.shared, session.agent, session.network) == (False, "Firefox, Windows", "127.0.0.0/24")


def test_a_shared_computer_keeps_its_cookie_for_the_window_only(client, elena):
    set_now = cookies(enter(client, shared="yes"))

    assert "Expires=" not in set_now["session"]
    assert "Max-Age=0" in set_now["known"]
    assert mine(elena)[0].shared


@pytest.mark.parametrize(("rule", "shared"), [("always", True), ("never", False), ("ask", False)])
def test_the_operator_may_decide_for_all_computers(client, app, elena, monkeypatch, rule, shared):
    monkeypatch.setitem(app.config, "SHARED_WORKSTATIONS", rule)
    page = client.get("/sign-in").text

    enter(client)

    assert ('name="shared"' in page) is (rule == "ask")
    assert ("counts as shared" in page) is (rule == "always")
    assert mine(elena)[0].shared is shared


def test_signing_out_of_a_shared_computer_clears_the_browser(client, elena):
    enter(client, shared="yes")

    answer = client.post("/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert {"session", "known"} <= cookies(answer).keys()
    page = client.get(answer.location).text
    assert "Nothing about you stays in this browser" in page
    assert "elena" not in page.lower()


def test_signing_out_of_ones_own_computer_leaves_the_cache(client, elena):
    enter(client)

    answer = client.post("/sign-out")

    assert answer.location == "/"
    assert "Clear-Site-Data" not in answer.headers


def test_an_idle_sign_out_leads_back_to_the_page(client, elena):
    enter(client, shared="yes")

    answer = client.post("/sign-out", data={"next": "/courses?q=a", "why": "idle"})
    page = client.get(answer.location).text

    assert urlsplit(answer.location).path == "/signed-out"
    assert "/sign-in?next=/courses?q%3Da" in page
    assert "Nothing happened for a while" in page


def test_the_page_after_a_session_takes_no_invented_one(client, elena):
    for text in ("", "x", "[1, true].x", "\u2028"):
        page = client.get("/signed-out", query_string={"of": text, "next": "//evil.example"}).text
        assert "You are signed out" in page
        assert "evil" not in page.partition("<main")[2].partition("</main>")[0]
        assert "<iframe" not in page


def test_a_departure_is_told_for_some_minutes(elena, monkeypatch):
    opened, _ = sessions.begin(elena, shared=True)
    text = departures.written(opened, "ru")

    assert departures.read(text) == departures.Departure(opened.id, shared=True, language="ru")


def test_the_page_lists_ones_own_sessions_and_no_others(client, elena):
    sessions.begin(elena, agent="Chrome, Android", network="10.2.3.0/24")
    over, _ = sessions.begin(elena, agent="Safari, iPhone")
    sessions.end(over)
    enter(client)

    page = client.get("/profile/sessions").text

    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    assert "10.2.3.0/24" in page
    assert "Safari" not in page
    assert "Edge" not in page
    assert page.count('/end"') == 1
    assert page.count("<strong>This browser</strong>") == 1


def test_one_may_sign_out_elsewhere_but_only_oneself(client, elena, sign_in):
    elsewhere = sign_in(elena)
    enter(client)
    [other] = [one for one in mine(elena) if not one.agent]
    stranger = db.session.scalars(sa.select(PersonSession).where(PersonSession.person_id != elena.id)).one()

    refused = client.post(f"/profile/sessions/{stranger.public_id}/end")
    done = client.post(f"/profile/sessions/{other.public_id}/end")

    assert (refused.status_code, done.status_code) == (404, 303)
    db.session.expire_all()
    assert stranger.ended is None
    assert elsewhere.get("/profile").status_code == 303
    assert client.get("/profile").status_code == 200


def test_signing_out_everywhere_ends_this_session_too(client, elena, sign_in):
    elsewhere = sign_in(elena)
    enter(client)

    answer = client.post("/profile/sessions/end-all")

    assert answer.location == "/sign-in"
    assert "signed out everywhere" in client.get("/sign-in").text
    assert {browser.get("/profile").status_code for browser in (client, elsewhere)} == {303}


def test_staying_prolongs_a_session_and_tells_for_how_long(client, elena, monkeypatch):
    enter(client, shared="yes")
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=14))

    assert client.post("/session/stay").json == {"seconds": 900}

    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=28))
    assert client.get("/profile").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=44))
    assert client.post("/session/stay").status_code == 303


def test_the_state_of_a_session_is_told_to_its_own_browser(client, elena):
    assert client.get("/session").json["person"] is None

    enter(client)

    told = client.get("/session")
    assert told.json["person"] == str(elena.public_id)
    assert told.json["csrf"]
    assert told.headers["Cache-Control"] == "no-store"


def test_pages_of_signed_in_people_watch_the_session_and_others_do_not(client, elena):
    assert "session.js" not in client.get("/help").text

    enter(client, shared="yes")

    page = client.get("/help").text
    assert 'data-seconds="840"' in page
    assert 'data-shared="true"' in page


def test_the_mailed_link_signs_in_at_a_shared_computer_as_well(client, elena):
    from academy.accounts import tokens

    address = f"/password/reset/{tokens.resetting(elena)}"
    assert 'name="shared"' in client.get(address).text

    client.post(address, data={"password": "four words fit too", "shared": "yes"})

    assert mine(elena)[0].shared


def test_whose_account_staff_made_is_shown_the_privacy_notice_first(client, elena):
    elena.privacy_version = elena.privacy_accepted = None

    answer = enter(client, next="/courses")
    assert answer.location == "/profile/privacy?next=/courses"
    assert "who sees it" in client.get(answer.location).text
    assert client.post("/profile/privacy", data={"next": "/courses"}).location == "/courses"

    db.session.refresh(elena)
    assert elena.privacy_version == PRIVACY_VERSION
    assert enter(client, next="/courses").location == "/courses"
    assert client.get("/profile/privacy?next=//evil.example").location == "/learn"


@pytest.mark.parametrize("email", ["elena@example.org", "nobody@example.org", "not an address"])
def test_a_refusal_costs_one_hash_whoever_is_meant(client, elena, monkeypatch, email):
    passwords.get_ready()
    asked = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Hasher", (), {"verify": lambda self, *given: asked.append(1) or verify(*given)})(),
    )

    enter(client, email=email, password="wrong password")

    assert len(asked) == (1 if "@" in email else 0)  # what is no address is refused by the form


def test_asking_for_a_link_costs_the_same_whoever_is_meant(app, elena, queries):
    seen = []
    for email in ("elena@example.org", "nobody@example.org"):
        with queries() as asked:
            app.test_client().post("/password/forgot", data={"email": email})
        seen.append([one.split("(")[0] for one in asked])

    assert seen[0] == seen[1]
    assert any(one.startswith("INSERT INTO job") for one in seen[0])
