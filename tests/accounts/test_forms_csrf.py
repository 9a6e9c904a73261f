import pytest
from lxml import html

from tests.factories import accounts

PUBLIC = ("/sign-in", "/register", "/password/forgot", "/confirm/xyz")
STAFF = ("/profile", "/people?tab=waiting", "/admin/people", "/admin/states/MD", "/admin/organisations/new")


@pytest.fixture(autouse=True)
def _csrf(app):
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def unprotected(page):
    forms = html.fromstring(page).xpath("//form[@method='post']")
    assert forms
    return [form.get("action") for form in forms if not form.xpath(".//input[@name='csrf_token']/@value")]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_form_carries_a_token(client, path):
    assert unprotected(client.get(path).text) == []


@pytest.mark.parametrize("path", STAFF)
def test_every_form_of_signed_in_people_carries_a_token(app, sign_in, path):
    accounts.person(confirmed=False)

    assert unprotected(sign_in(accounts.person(roles=["administrator"])).get(path).text) == []


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/register?step=1", "/password/forgot", "/register/resend"]
)
def test_a_post_without_token_does_nothing(client, path):
    assert (
        client.post(path, data={"email": "elena@example.org", "password": "three words fit"}).status_code
        == 400
    )


def test_a_decision_without_token_does_nothing(app, sign_in):
    person = accounts.person(confirmed=False)
    browser = sign_in(accounts.coordinator("MD"))

    assert browser.post(f"/people/{person.public_id}/confirm").status_code == 400
    assert person.state_confirmed is None
