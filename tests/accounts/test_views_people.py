import pytest
import sqlalchemy as sa
from lxml import html

from academy.audit import AuditEntry
from academy.db import db
from tests.factories import accounts


@pytest.fixture
def world(app):
    accounts.person(email="md@example.org", name_latin="Natalia Ciobanu", name_cyrillic="Наталья Чобану")
    accounts.person(email="ge@example.org", name_latin="Nino Beridze", state="GE")
    waits = accounts.person(email="waits@example.org", name_latin="Victor Rotaru", confirmed=False)
    elsewhere = accounts.person(email="elsewhere@example.org", state="GE", confirmed=False)
    return {"waits": waits, "elsewhere": elsewhere}


def test_people_are_those_of_the_scope(world, sign_in):
    browser = sign_in(accounts.coordinator("MD"))

    page = browser.get("/people").text

    assert "md@example.org" in page
    for hidden in ("ge@example.org", "waits@example.org", "elsewhere@example.org"):
        assert hidden not in page
    assert "Waiting for confirmation (1)" in page


def test_waiting_people_are_those_who_claim_the_scope(world, sign_in):
    page = sign_in(accounts.coordinator("MD")).get("/people?tab=waiting").text

    assert "waits@example.org" in page
    for hidden in ("elsewhere@example.org", "md@example.org"):
        assert hidden not in page


def test_secretariat_sees_everybody(world, sign_in):
    browser = sign_in(accounts.person(roles=["secretariat"]))

    page = browser.get("/people").text
    assert all(name in page for name in ("md@example.org", "ge@example.org", "waits@example.org"))
    assert "Waiting for confirmation (2)" in page
    assert "/admin/states" in page
    assert "/admin/people" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("natalia", ["md"]),
        ("ЧОБАНУ наталья", ["md"]),
        ("Md@Example", ["md"]),
        ("%", []),
        ("_", []),
        ("beridze", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_stays_within_the_scope(world, sign_in, query, found):
    viewer = accounts.coordinator("MD", email="viewer@academy.example", name_latin="Zeno")

    page = sign_in(viewer).get("/people", query_string={"q": query}).text

    assert [name for name in ("md", "ge", "waits") if f"{name}@example.org" in page] == found


def test_confirm_and_decline_are_recorded(world, sign_in):
    browser = sign_in(accounts.coordinator("MD"))
    second = accounts.person(confirmed=False)
    ids = world["waits"].public_id, second.public_id

    first_answer = browser.post(f"/people/{ids[0]}/confirm")
    second_answer = browser.post(f"/people/{ids[1]}/decline")

    assert first_answer.location == second_answer.location == "/people?tab=waiting"
    db.session.expire_all()
    assert world["waits"].state_confirmed is not None
    assert (second.state_code, second.state_confirmed) == (None, None)
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.target) for entry in entries] == [
        ("person.confirm", str(ids[0])),
        ("person.decline", str(ids[1])),
    ]
    assert entries[0].actor != "web"


def decide(browser, person, act):
    """Decide, and return the note with which the decision can be undone."""
    browser.post(f"/people/{person.public_id}/{act}")
    page = html.fromstring(browser.get("/people").text)
    return next(form for form in page.forms if form.action == "/people/undo").fields["note"]


@pytest.mark.parametrize("act", ["confirm", "decline"])
def test_a_decision_can_be_undone(world, sign_in, act):
    browser = sign_in(accounts.coordinator("MD"))
    unit = accounts.organisation()
    person = accounts.person(confirmed=False, organisation=unit)
    note = decide(browser, person, act)

    assert browser.post("/people/undo", data={"note": note}).location == "/people?tab=waiting"

    db.session.expire_all()
    assert (person.state_code, person.state_confirmed) == ("MD", None)
    assert (person.organisation_id, person.organisation_confirmed) == (unit.id, None)
    assert person.claim_declined is None
    newest = sa.select(AuditEntry.act).order_by(AuditEntry.id.desc()).limit(1)
    assert db.session.scalar(newest) == "person.undo"


def test_what_came_after_a_decision_is_not_undone(world, sign_in):
    browser = sign_in(accounts.coordinator("MD"))
    note = decide(browser, world["waits"], "decline")
    world["waits"].state_code = "GE"

    assert browser.post("/people/undo", data={"note": note}).status_code == 409
    assert browser.post("/people/undo", data={"note": note + "x"}).status_code == 409
    assert browser.post("/people/undo").status_code == 409
    db.session.expire_all()
    assert world["waits"].state_code == "GE"


def test_a_decision_is_on_the_place_that_the_page_showed(world, sign_in):
    browser, person = sign_in(accounts.coordinator("MD")), world["waits"]
    page = html.fromstring(browser.get("/people?tab=waiting").text)
    form = next(one for one in page.forms if one.action == f"/people/{person.public_id}/confirm")
    shown = dict(form.fields)
    person.organisation = accounts.organisation()
    db.session.commit()

    assert browser.post(form.action, data=shown).status_code == 409
    db.session.expire_all()
    assert (person.state_confirmed, person.organisation_confirmed) == (None, None)
    assert browser.post(form.action, data=shown | {"place": person.stated_place}).status_code == 303


def test_a_note_undoes_one_decision_and_not_the_same_one_made_again(world, sign_in):
    note = decide(sign_in(accounts.coordinator("MD")), world["waits"], "confirm")
    browser = sign_in(accounts.coordinator("MD", email="second@example.org"))
    assert browser.post("/people/undo", data={"note": note}).status_code == 303
    assert browser.post("/people/undo", data={"note": note}).status_code == 409

    browser.post(f"/people/{world['waits'].public_id}/confirm")

    assert browser.post("/people/undo", data={"note": note}).status_code == 409
    db.session.expire_all()
    assert world["waits"].state_confirmed is not None


def test_only_who_may_decide_may_undo(world, sign_in):
    note = decide(sign_in(accounts.coordinator("MD")), world["waits"], "confirm")

    assert sign_in(accounts.coordinator("GE")).post("/people/undo", data={"note": note}).status_code == 403
    assert (
        sign_in(accounts.person(roles=["trainer"])).post("/people/undo", data={"note": note}).status_code
        == 403
    )
    db.session.expire_all()
    assert world["waits"].state_confirmed is not None


@pytest.mark.parametrize("act", ["confirm", "decline"])
def test_people_outside_of_the_scope_cannot_be_decided_on(world, sign_in, act):
    browser = sign_in(accounts.coordinator("MD"))
    colleague = accounts.person(email="confirmed@example.org")

    for person in (world["elsewhere"], colleague):
        assert browser.post(f"/people/{person.public_id}/{act}").status_code == 404
    db.session.expire_all()
    assert world["elsewhere"].state_confirmed is None
    assert world["elsewhere"].state_code == "GE"
    assert colleague.state_confirmed is not None


def test_a_decision_cannot_be_made_twice(world, sign_in):
    browser = sign_in(accounts.coordinator("MD"))
    address = f"/people/{world['waits'].public_id}/confirm"

    assert [browser.post(address).status_code for _ in range(2)] == [303, 404]


@pytest.mark.parametrize("roles", [(), ("trainer",), ("editor",), ("observer",)])
def test_people_are_not_for_everybody(world, sign_in, roles):
    browser = sign_in(accounts.person(roles=roles))

    assert browser.get("/people").status_code == 403
    assert browser.post(f"/people/{world['waits'].public_id}/confirm").status_code == 403
    assert world["waits"].state_confirmed is None


def test_people_ask_to_sign_in(client, world):
    assert client.get("/people?tab=waiting").location == "/sign-in?next=/people?tab%3Dwaiting"
    assert client.post(f"/people/{world['waits'].public_id}/confirm").location == "/sign-in"


def test_people_come_in_pages_with_a_fixed_number_of_queries(app, sign_in, queries):
    unit = accounts.organisation()
    viewer = accounts.coordinator("MD", name_latin="Aaron")
    for number in range(5):
        accounts.person(name_latin=f"Bella {number:02}", organisation=unit)
    browser = sign_in(viewer)

    with queries() as few:
        browser.get("/people")
    for number in range(5, 30):
        accounts.person(name_latin=f"Bella {number:02}", organisation=unit, roles=["trainer"])
    with queries() as many:
        page = browser.get("/people").text

    assert len(many) == len(few)
    assert "31 people" in page
    assert "Bella 23" in page
    assert "Bella 24" not in page
    assert "Bella 24" in browser.get("/people?page=2").text
    assert "Nobody yet" in browser.get("/people?page=9").text


def test_navigation_shows_how_many_wait(world, sign_in):
    page = sign_in(accounts.coordinator("MD")).get("/profile").text

    assert "waiting for you" in page
    assert "waiting for you" not in sign_in(accounts.coordinator("TJ")).get("/profile").text


def test_kosovo_in_the_list_brings_its_footnote(app, sign_in):
    accounts.state("XK", name={"en": "Kosovo*"}, footnote=True)
    browser = sign_in(accounts.person(roles=["administrator"]))
    assert "without prejudice" not in browser.get("/people").text

    accounts.person(state="XK")

    assert "without prejudice" in browser.get("/people").text


def test_names_that_look_like_markup_stay_text(app, sign_in):
    accounts.person(name_latin="<script>alert(1)</script>", name_cyrillic='"><img src=x>')

    page = sign_in(accounts.coordinator("MD")).get("/people").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=x>" not in page
