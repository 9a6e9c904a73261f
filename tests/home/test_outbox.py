from pathlib import Path

import pytest

from academy import jobs, mail
from academy.home import outbox
from tests.factories import accounts

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

HIDDEN = {404, 421}  # 421 where the name of the host is not ours
NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def demo(app):
    mark = Path(app.config["INSTANCE_PATH"]) / "demo-loaded"
    mark.write_text("")
    yield mark
    mark.unlink()


def write(subject="Hello", text="See http://localhost:5000/confirm/abc.def_-1\n<script>alert(1)</script>"):
    jobs.add("mail.send", to="elena@example.org", subject=subject, text=text, html="<p>x</p>")
    jobs.run_due()


@pytest.mark.usefixtures("demo")
def test_outbox_lists_mails_newest_first(client):
    write("First")
    write("Second <b>")

    page = client.get("/outbox").text

    assert page.index("Second &lt;b&gt;") < page.index("First")
    assert "elena@example.org" in page


@pytest.mark.usefixtures("demo")
def test_outbox_shows_one_mail_with_links(client):
    write()
    (found,) = outbox.newest_first()

    page = client.get(f"/outbox/{found.name}").text

    assert '<a href="http://localhost:5000/confirm/abc.def_-1">' in page
    assert "&lt;script&gt;" in page
    assert client.get(f"/outbox/{NOWHERE}").status_code == 404
    assert client.get("/outbox/..%2fsecret-key").status_code == 404


@pytest.mark.usefixtures("demo")
def test_outbox_of_nothing_says_how_mail_comes(client):
    assert "No e-mail yet" in client.get("/outbox").text


def test_outbox_does_not_exist_without_demo_data(client):
    write()
    (found,) = outbox.newest_first()

    assert client.get("/outbox").status_code in HIDDEN
    assert client.get(f"/outbox/{found.name}").status_code in HIDDEN


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("BASE_URL", "https://academy.example"),
        ("BASE_URL", "http://localhost.evil.example"),
        ("BASE_URL", "http://10.0.0.1:5000"),
        ("MAIL_URL", "smtp://localhost"),
    ],
)
def test_outbox_does_not_exist_where_others_could_read_it(client, app, monkeypatch, setting, value):
    write()
    (found,) = outbox.newest_first()
    monkeypatch.setitem(app.config, setting, value)

    assert client.get("/outbox").status_code in HIDDEN
    assert client.get(f"/outbox/{found.name}").status_code in HIDDEN


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "asked",
    [
        {"environ_overrides": {"REMOTE_ADDR": "192.168.1.7"}},
        {"base_url": "http://rebound.example:5000"},
        {"base_url": "http://localhost.example:5000"},
    ],
)
def test_outbox_does_not_exist_for_other_computers_and_names(client, asked):
    write()
    (found,) = outbox.newest_first()

    assert client.get("/outbox", **asked).status_code in HIDDEN
    assert client.get(f"/outbox/{found.name}", **asked).status_code in HIDDEN
    assert "/outbox" not in client.get("/", **asked).text


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "base", ["http://localhost:5000", "http://127.0.0.1:5000", "http://[::1]:5000", "http://a.localhost"]
)
def test_outbox_is_open_on_this_computer(app, monkeypatch, base):
    monkeypatch.setitem(app.config, "BASE_URL", base)

    assert app.test_client().get("/outbox", base_url=base).status_code == 200


@pytest.mark.usefixtures("demo")
def test_the_page_after_registration_leads_to_the_outbox(client):
    accounts.person(email="elena@example.org")
    client.post("/password/forgot", data={"email": "elena@example.org"})

    assert 'href="/outbox"' in client.get("/password/sent").text
    assert mail.outbox().is_dir()
