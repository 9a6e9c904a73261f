import re

import pytest
import sqlalchemy as sa
from lxml import html

from academy import jobs
from academy.accounts import passwords, queries, services, tokens
from academy.accounts.models import Person
from academy.db import db
from academy.jobs import Job
from tests.factories import accounts

EMAIL = "munira@example.org"
STEPS = (
    {"email": EMAIL},
    {"name_latin": "Munira Qodirova", "name_cyrillic": "Мунира Қодирова", "state": "TJ", "language": "ru"},
    {"organisation": "", "time_zone": "Asia/Dushanbe"},
    {"password": "three words fit", "consent": "y"},
)


@pytest.fixture(autouse=True)
def _states(app):
    services.load_states()
    accounts.state("TJ")


def walk(client, until=4, **changes):
    answer = None
    for number, fields in enumerate(STEPS[:until], start=1):
        answer = client.post(
            f"/register?step={number}",
            data={name: changes.get(name, value) for name, value in fields.items()},
        )
    return answer


def last_mail():
    return db.session.scalars(sa.select(Job).order_by(Job.id.desc())).first().payload


def link(payload):
    return re.search(r"http://localhost:5000(/\S+)", payload["text"]).group(1)


def test_a_person_registers_confirms_and_is_signed_in(client):
    sent = walk(client)

    person = queries.person_by_email(EMAIL)
    assert sent.location == "/register/sent"
    assert EMAIL in client.get(sent.location).text
    assert (person.state_code, person.language, person.time_zone) == ("TJ", "ru", "Asia/Dushanbe")
    assert passwords.matches("three words fit", person.password_hash)

    address = link(last_mail())
    assert client.get(address).status_code == 200
    db.session.refresh(person)
    assert person.email_confirmed is None, "opening the link confirms nothing: mail scanners open links"

    confirmed = client.post(address)
    db.session.refresh(person)
    assert (confirmed.status_code, confirmed.location) == (303, "/learn")
    assert person.is_active
    assert "Мунира Қодирова" in client.get("/profile").text


def test_another_browser_confirms_with_the_password_of_the_registration(client, app):
    walk(client)
    address, elsewhere = link(last_mail()), app.test_client()

    assert 'type="password"' in elsewhere.get(address).text
    refused = [elsewhere.post(address, data={"password": one}) for one in ("", "not the password")]
    assert [answer.status_code for answer in refused] == [422, 422]
    assert "register again" in refused[1].text
    assert not queries.person_by_email(EMAIL).is_active

    assert elsewhere.post(address, data={"password": "three words fit"}).location == "/learn"
    db.session.expire_all()
    assert queries.person_by_email(EMAIL).is_active


def test_nobody_confirms_what_a_stranger_registered_with_their_address(client, app):
    walk(client)
    walk(app.test_client(), password="chosen by a stranger")
    address = link(last_mail())

    assert client.post(address).status_code == 422
    assert client.post(address, data={"password": "three words fit"}).status_code == 422
    db.session.expire_all()
    assert queries.person_by_email(EMAIL).email_confirmed is None


def test_confirming_twice_shows_a_dead_link_only_where_it_is_one(client):
    walk(client)
    address = link(last_mail())
    client.post(address)
    client.post("/sign-out")

    again = client.post(address)

    assert again.status_code == 400
    assert "/profile" not in (again.location or "")
    assert client.get("/profile").status_code == 303


def test_dead_links_offer_a_new_one(client):
    for address in ("/confirm/xyz", "/password/reset/xyz"):
        answer = client.get(address)
        assert answer.status_code == 400
        assert "Send a new link" in answer.text


def test_a_known_address_sees_the_same_pages(client, app):
    accounts.person(email="known@example.org", password_hash="x")

    new, known = walk(client), walk(app.test_client(), email="known@example.org")

    assert (new.status_code, new.location) == (known.status_code, known.location)
    assert last_mail()["subject"] == "You already have an account"
    assert "/password/forgot" in last_mail()["text"]


def test_nobody_is_made_before_the_last_step(client):
    walk(client, until=3)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_steps_cannot_be_skipped(client):
    assert client.get("/register?step=4").location == "/register?step=1"
    walk(client, until=1)
    assert client.post("/register?step=4", data=STEPS[3]).location == "/register?step=2"
    assert client.get("/register?step=99").location == "/register?step=2"
    assert client.get("/register?step=abc").status_code == 200


def test_back_keeps_what_was_typed_even_where_it_is_wrong(client):
    walk(client, until=1)

    back = client.post(
        "/register?step=2", data={"name_latin": "Мунира", "state": "TJ", "language": "en", "back": "1"}
    )

    assert back.location == "/register?step=1"
    page = html.fromstring(client.get("/register?step=2").text)
    assert page.xpath("//input[@name='name_latin']/@value") == ["Мунира"]
    assert page.xpath("//select[@name='state']/option[@selected]/@value") == ["TJ"]
    assert client.get("/register?step=3").location == "/register?step=2"


def test_switching_the_language_keeps_the_step_and_the_answers(client):
    walk(client, until=3)

    switched = client.get("/register?step=4&lang=ru")

    assert switched.location == "/register?step=4"
    assert "Munira Qodirova" in client.get(switched.location).text


def test_the_session_never_holds_the_password(client):
    walk(client, until=3)
    client.post("/register?step=4", data={"password": "three words fit"})
    client.post("/register?step=4", data={"password": "three words fit", "consent": "y", "back": "1"})

    with client.session_transaction() as session:
        assert "three words fit" not in str(dict(session))


def test_nothing_personal_but_the_address_stays_in_the_session_afterwards(client):
    walk(client)

    with client.session_transaction() as session:
        assert "Munira" not in str(dict(session))


@pytest.mark.parametrize(
    ("step", "field", "value", "message"),
    [
        (1, "email", "munira", "This is not an e-mail address"),
        (1, "email", "", "Enter your e-mail address"),
        (2, "name_latin", "=cmd|' /C calc'!A0", "letters, spaces, hyphens"),
        (2, "name_latin", "A" * 10_000, "too long"),
        (2, "name_latin", "Munira\u202egnp", "letters, spaces, hyphens"),
        (2, "name_cyrillic", "Munira", "in Cyrillic letters"),
        (2, "state", "", "Choose your state"),
        (2, "state", "US", "Not a valid choice"),
        (3, "time_zone", "Mars/Olympus", "Not a valid choice"),
        (4, "password", "short", "at least 10"),
        (4, "password", "munira qodirova", "must not be your name"),
        (4, "consent", "", "Without your consent"),
    ],
)
def test_a_wrong_answer_is_named_and_kept(client, step, field, value, message):
    walk(client, until=step - 1)

    answer = client.post(f"/register?step={step}", data=STEPS[step - 1] | {field: value})

    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


def test_only_organisations_of_the_chosen_state_are_offered(client):
    accounts.organisation("Patrol of Georgia", state="GE")
    patrol = accounts.organisation("Patrol of Tajikistan", state="TJ")
    walk(client, until=2)

    page = client.get("/register?step=3").text
    assert "Patrol of Tajikistan" in page
    assert "Patrol of Georgia" not in page
    assert 'selected value="Asia/Dushanbe"' in page

    walk(client, organisation=str(patrol.public_id))
    assert queries.person_by_email(EMAIL).organisation is patrol


def test_an_organisation_chosen_before_the_state_changed_is_asked_again(client):
    patrol = accounts.organisation("Patrol of Tajikistan", state="TJ")
    walk(client, until=3, organisation=str(patrol.public_id))

    client.post("/register?step=2", data=STEPS[1] | {"state": "MD"})

    assert client.get("/register?step=4").location == "/register?step=3"


def test_kosovo_never_stands_without_its_footnote(client):
    walk(client, until=1)
    page = client.get("/register?step=2").text

    assert "Kosovo*" in page
    assert "without prejudice to positions on status" in page
    walk(client, until=3, state="XK")
    assert "without prejudice to positions on status" in client.get("/register?step=4").text


def test_resend_says_the_same_for_every_address(client):
    walk(client)
    accounts.person(email="known@example.org")

    answers = [
        client.post("/register/resend", data={"email": email})
        for email in (EMAIL, "known@example.org", "nobody@example.org")
    ]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/register/sent")}
    assert client.post("/register/resend", data={"email": "x"}).status_code == 422
    assert client.get("/register/sent").status_code == 200


def test_links_in_mail_ignore_the_host_of_the_request(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "EXTRA_HOSTS", "evil.example")
    for number, fields in enumerate(STEPS, start=1):
        client.post(
            f"/register?step={number}",
            data=fields,
            headers={"Host": "evil.example"},
            base_url="http://evil.example",
        )

    assert "evil.example" not in last_mail()["text"] + last_mail()["html"]
    assert "http://localhost:5000/confirm/" in last_mail()["text"]


def test_a_signed_in_person_has_nothing_to_register(sign_in):
    person = accounts.person()

    assert sign_in(person).get("/register").location == "/learn"


def test_mail_is_written_in_the_language_of_the_person(client, app):
    walk(client)
    jobs.run_due()
    walk(app.test_client(), email="second@example.org", language="en")

    assert "In English" not in last_mail()["text"]
    assert tokens.person_confirming(link(last_mail()).removeprefix("/confirm/")).email == "second@example.org"
