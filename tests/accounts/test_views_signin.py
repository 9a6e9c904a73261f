import pytest
from lxml import html

from academy.accounts import passwords, throttle
from academy.accounts.views.landing import landing, safe_path
from tests.factories import accounts

PASSWORD = "three words fit"
UNSAFE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    " /learn",
    "learn",
    "/\x85/evil.example",
    "/\u2028/evil.example",
    "/ /evil.example",
    "",
    None,
]


@pytest.fixture
def elena(app):
    accounts.person(email="noise@example.org", password_hash="x")
    return accounts.person(
        email="elena@example.org", name_latin="Elena Russu", password_hash=passwords.hash_of(PASSWORD)
    )


def enter(client, password=PASSWORD, email="elena@example.org", **fields):
    return client.post("/sign-in", data={"email": email, "password": password, **fields})


def hammer(email):
    for number in range(throttle.MOST_ELSEWHERE):
        throttle.note_sign_in(throttle.origin(email, address=f"10.6.6.{number}"))


def test_sign_in_opens_a_session_and_the_page_says_whose(client, elena):
    answer = enter(client)

    assert (answer.status_code, answer.location) == (303, "/learn")
    page = client.get("/profile").text
    assert "Signed in as" in page
    assert "Elena Russu" in page
    assert "Sign out" in page
    assert client.get("/sign-in").location == "/learn"


def test_sign_out_leaves_nothing(client, elena):
    enter(client)

    answer = client.post("/sign-out")

    assert answer.location == "/"
    assert "Elena" not in client.get("/").text
    assert client.get("/profile").location == "/sign-in?next=/profile"
    assert client.get("/sign-out").status_code == 405
    with client.session_transaction() as session:
        assert "_user_id" not in session


def test_session_is_a_new_one_after_sign_in(client, elena):
    with client.session_transaction() as session:
        session["left by somebody"] = "else"

    enter(client)

    with client.session_transaction() as session:
        assert "left by somebody" not in session
        assert session.permanent


@pytest.mark.parametrize("target", UNSAFE)
def test_safe_path_refuses_other_sites(target):
    assert safe_path(target) is None


@pytest.mark.parametrize("target", ["/", "/learn", "/courses?q=граница&x=http://a.b", "/courses/A-1#part"])
def test_safe_path_takes_places_of_ours(target):
    assert safe_path(target) == target


@pytest.mark.parametrize("target", [target for target in UNSAFE if target])
def test_sign_in_never_leads_to_another_site(client, elena, target):
    assert enter(client, next=target).location == "/learn"
    assert client.get("/sign-in", query_string={"next": target}).location == "/learn"


def test_sign_in_goes_on_where_the_person_wanted(client, elena):
    form = html.fromstring(client.get("/sign-in?next=/courses?q=a").text)

    assert form.xpath("//input[@name='next']/@value") == ["/courses?q=a"]
    assert enter(client, next="/courses?q=a").location == "/courses?q=a"


def test_wrong_password_and_unknown_address_give_the_same_page(app, elena):
    pages = [
        enter(app.test_client(), password="wrong password", email=email).text.replace(email, "")
        for email in ("elena@example.org", "nobody@example.org")
    ]

    assert pages[0] == pages[1]
    assert "After 4 more attempts you must wait a while" in pages[0]
    assert "wrong password" not in pages[0]


def test_too_many_attempts_say_how_long_to_wait(client, elena):
    for _ in range(5):
        assert enter(client, password="wrong password").status_code == 422

    answer = enter(client)

    assert answer.status_code == 429
    assert "Wait 1 minute" in answer.text
    assert 50 < int(answer.headers["Retry-After"]) <= 61


def test_owner_gets_in_from_a_known_browser_while_strangers_guess(client, app, elena):
    enter(client)
    client.post("/sign-out")
    hammer("elena@example.org")

    stranger = enter(app.test_client())
    owner = enter(client)

    assert (stranger.status_code, owner.status_code) == (429, 303)


def test_known_browser_is_known_only_for_its_own_accounts(client, elena):
    accounts.person(email="other@example.org", password_hash=passwords.hash_of(PASSWORD))
    enter(client)
    client.post("/sign-out")
    hammer("other@example.org")

    assert enter(client, email="other@example.org").status_code == 429
    client.set_cookie("known", "forged.cookie", path="/sign-in")
    assert enter(client).status_code == 303


def test_unconfirmed_person_is_offered_the_mail_again(client, elena):
    elena.email_confirmed = None

    answer = enter(client)

    assert answer.status_code == 422
    assert "Confirm your e-mail address first" in answer.text
    assert 'action="/register/resend"' in answer.text
    assert "Confirm your e-mail" not in enter(client, password="wrong password").text


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"password": ""}, {"email": "elena"}, {"password": "x" * 1000}]
)
def test_a_form_that_is_wrong_in_shape_is_not_tried(client, elena, fields):
    answer = client.post("/sign-in", data={"email": "elena@example.org", "password": PASSWORD} | fields)

    assert answer.status_code == 422
    assert "could not sign you in" not in answer.text


def test_sign_in_survives_odd_letters(client, elena):
    assert enter(client, email="елена@пример.рф\x00").status_code in {400, 422}
    assert enter(client, password="\x00\udfff".encode("utf-8", "surrogatepass")).status_code in {400, 422}


def test_sign_in_brings_the_persons_language(client, elena):
    elena.language = "ru"

    answer = enter(client)

    assert "language=ru" in "".join(answer.headers.getlist("Set-Cookie"))


def test_landing_is_by_role(app):
    with app.test_request_context(method="POST"):
        assert landing(accounts.person()) == "/learn"
        for role in ("trainer", "editor", "secretariat", "observer", "administrator"):
            assert landing(accounts.person(roles=[role])) == "/desk"
        assert landing(accounts.coordinator("GE")) == "/desk"
