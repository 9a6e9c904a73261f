import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from lxml import html

from academy import jobs, mail
from academy.accounts import services
from academy.accounts.services import Application
from tests.factories import accounts

TEMPLATES = ("confirm", "existing-account", "reset-password", "invitation", "welcome")


class Postbox:
    """Keep what an SMTP server receives."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append(
            (envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default))
        )
        return "250 OK"


@pytest.fixture
def postbox(app):
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield box
    app.config["MAIL_URL"] = ""
    controller.stop()


def test_a_confirmation_arrives_by_smtp(postbox):
    accounts.state("MD")
    application = Application(
        email="elena@example.org",
        name_latin="Elena Russu",
        name_cyrillic="Елена Руссу",
        state_code="MD",
        organisation=None,
        language="en",
        time_zone="Europe/Chisinau",
    )
    services.register(application, password_hash="hash", address=None)

    jobs.run_due()

    ((recipients, message),) = postbox.received
    assert recipients == ["elena@example.org"]
    assert message["Subject"] == "Confirm your e-mail address"
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    (address,) = {word for word in text.split() if word.startswith("http://localhost:5000/confirm/")}
    assert address in page
    assert "Elena Russu" in text


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_mail_says_the_same_in_text_and_html(app, name, language):
    person = accounts.person(name_latin="Elena <b>Russu", name_cyrillic="Елена Руссу", language=language)
    address = "http://localhost:5000/confirm/token"

    mail.send(to=person.email, language=language, template=f"mail/{name}", person=person, url=address)
    jobs.run_due()

    (file,) = mail.outbox().glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    page = html.fromstring(message.get_body(("html",)).get_content())
    assert page.findtext(".//title").strip() == message["Subject"]
    assert address in page.xpath("//a/@href")
    assert address in text
    assert ("In English" in text) == (language == "ru")
    assert page.get("lang") == language
    assert not page.xpath("//*[contains(text(), 'Elena')]/b")
    for paragraph in page.xpath("//td/p[not(.//a)]"):
        assert " ".join(paragraph.text_content().split()) in " ".join(text.split())


def test_welcome_says_what_the_state_waits_for(app):
    accounts.state("XK", name={"en": "Kosovo*"}, footnote=True)
    person = accounts.person(state="XK", confirmed=False)

    services.confirm(person)
    jobs.run_due()

    (file,) = mail.outbox().glob("*.eml")
    text = (
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        .get_body(("plain",))
        .get_content()
    )
    assert "waits for the coordinator of your state: Kosovo*" in text
    assert "without prejudice to positions on status" in " ".join(text.split())
