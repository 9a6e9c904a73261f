from datetime import timedelta

import pytest
import sqlalchemy as sa

from academy import clock
from academy.accounts import services, sessions
from academy.accounts.models import PersonSession, Role
from academy.db import db
from tests.factories import accounts


@pytest.fixture
def elena(app):
    sessions.begin(accounts.person())  # somebody else is signed in, too
    return accounts.person(email="elena@example.org")


@pytest.fixture
def later(monkeypatch):
    start = clock.now()
    return lambda **span: monkeypatch.setattr(clock, "now", lambda: start + timedelta(**span))


def token_of(browser):
    with browser.session_transaction() as session:
        return session.get(sessions.KEY)


def is_in(browser):
    return browser.get("/profile").status_code == 200


def row(token):
    return db.session.scalar(sa.select(PersonSession).where(PersonSession.digest == sessions.digest(token)))


def test_the_database_keeps_a_digest_and_no_token(elena):
    opened, token = sessions.begin(elena)

    assert sessions.find(token) is opened
    assert len(token) >= 43
    assert token.encode() not in opened.digest
    assert sessions.find(opened.digest.hex()) is None


@pytest.mark.parametrize("token", ["", "x", "1:0", "\udfff", "00000000-0000-0000-0000-000000000000:0"])
def test_invented_tokens_find_nothing(elena, token):
    assert sessions.find(token) is None


def test_a_session_ends_with_the_account(elena):
    _, token = sessions.begin(elena)

    elena.active = False

    assert sessions.find(token) is None


def test_sessions_go_with_their_person(app):
    accounts_left = sessions.begin(accounts.person())[0]
    sessions.begin(gone := accounts.person())

    db.session.delete(gone)
    db.session.flush()

    assert db.session.scalars(sa.select(PersonSession)).all() == [accounts_left]


def test_a_stolen_cookie_is_worthless_after_signing_out(elena, app, sign_in):
    browser, thief = sign_in(elena), app.test_client()
    with thief.session_transaction() as stolen:
        stolen[sessions.KEY] = token_of(browser)
    assert is_in(thief)

    browser.post("/sign-out")

    assert not is_in(thief)


def test_a_session_ends_after_its_idle_time(elena, sign_in, later):
    browser = sign_in(elena)
    assert is_in(browser)

    later(minutes=119)
    assert is_in(browser)
    later(minutes=119 + 119)
    assert is_in(browser)
    later(minutes=119 + 119 + 121)
    assert browser.get("/profile").location == "/sign-in?next=/profile"


def test_a_session_ends_after_twelve_hours_of_work(elena, sign_in, later):
    browser = sign_in(elena)

    for hours in range(1, 12):
        later(hours=hours)
        assert is_in(browser)
    later(hours=12, seconds=1)
    assert not is_in(browser)


def test_times_are_settings(elena, app, sign_in, later, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_IDLE_MINUTES", 30)
    monkeypatch.setitem(app.config, "SESSION_HOURS", 1)
    idle, busy = sign_in(elena), sign_in(elena)

    later(minutes=29)
    assert is_in(busy)
    later(minutes=31)
    assert not is_in(idle)
    later(minutes=58)
    assert is_in(busy)
    later(minutes=61)
    assert not is_in(busy)


def test_a_shared_computer_has_a_short_idle_time(elena, app, later):
    _, token = sessions.begin(elena, shared=True)

    later(minutes=14)
    assert sessions.find(token) is not None
    later(minutes=15, seconds=1)
    assert sessions.find(token) is None


def test_a_page_writes_nothing_until_a_minute_has_passed(elena, sign_in, later, queries):
    browser = sign_in(elena)
    began = row(token_of(browser)).last_seen

    with queries() as asked:
        browser.get("/help")
    assert [one for one in asked if one.startswith("UPDATE")] == []

    later(minutes=2)
    browser.get("/help")
    db.session.expire_all()
    assert row(token_of(browser)).last_seen > began


def test_a_visitor_asks_the_database_for_no_session(client, app, queries):
    with queries() as asked:
        client.get("/sign-in")
        client.get("/help")

    assert asked == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PersonSession)) == 0


def test_who_is_signed_in_costs_one_indexed_query(elena, sign_in, queries):
    browser = sign_in(elena)

    with queries() as asked:
        browser.get("/help")

    assert len(asked) == 1
    assert "person_session" in asked[0]


def test_a_new_role_brings_a_new_token_and_the_old_one_dies(elena, app, sign_in, later):
    browser, thief = sign_in(elena), app.test_client()
    old = token_of(browser)
    with thief.session_transaction() as stolen:
        stolen[sessions.KEY] = old

    services.grant(elena, Role.ADMINISTRATOR)
    assert is_in(browser)
    new = token_of(browser)
    later(minutes=2)

    assert new != old
    assert is_in(browser)
    assert not is_in(thief)


def test_pages_opened_at_once_survive_the_change_of_the_token(elena, sign_in):
    browser, second_tab = sign_in(elena), sign_in(elena)
    with second_tab.session_transaction() as session:
        session[sessions.KEY] = token_of(browser)

    services.grant(elena, Role.TRAINER)

    assert is_in(browser)
    assert is_in(second_tab)


def test_a_role_taken_away_brings_a_new_token_too(app, sign_in):
    administrator = accounts.person(roles=["administrator"])
    editor = accounts.person(roles=["editor"])
    browser = sign_in(editor)
    old = token_of(browser)

    services.revoke(editor, Role.EDITOR, by=administrator)

    assert is_in(browser)
    assert token_of(browser) != old


def test_a_form_sent_with_a_stale_token_is_not_lost(elena, sign_in):
    browser = sign_in(elena)
    services.grant(elena, Role.TRAINER)

    answer = browser.post(
        "/profile",
        data={"name_latin": "Elena R", "language": "en", "time_zone": "Europe/Prague", "name_cyrillic": ""},
    )

    assert answer.status_code == 303
    assert is_in(browser)


def test_changing_the_password_ends_the_others_and_renews_this_one(elena, sign_in):
    elena.password_hash = services_hash()
    here, elsewhere = sign_in(elena), sign_in(elena)
    old = token_of(here)

    here.post("/profile/password", data={"current": "three words fit", "password": "four words fit too"})

    assert is_in(here)
    assert token_of(here) != old
    assert sessions.find(old) is None
    assert not is_in(elsewhere)


def test_signing_in_again_ends_the_session_of_this_browser(elena, client):
    elena.password_hash = services_hash()
    fields = {"email": "elena@example.org", "password": "three words fit"}
    client.post("/sign-in", data=fields)
    old = token_of(client)

    client.post("/sign-in", data=fields)

    assert sessions.find(old) is None
    assert is_in(client)


def test_forget_old_removes_what_ended_days_ago(elena, later):
    ended, _ = sessions.begin(elena)
    sessions.end(ended)
    sessions.begin(elena)

    later(days=1)
    sessions.forget_old()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PersonSession)) == 3

    later(days=2, hours=13)
    sessions.forget_old()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PersonSession)) == 0


def services_hash():
    from academy.accounts import passwords

    return passwords.hash_of("three words fit")
