"""Every mail that the Academy sends, in both languages: the text part says what the page says."""

import re
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from lxml import html

from tests.factories import accounts, certificates

pytestmark = pytest.mark.only("sqlite")  # nothing in it depends on the database

ACADEMY = Path(__file__).resolve().parents[2] / "academy"
MAILS = sorted(
    path.stem for path in ACADEMY.rglob("templates/mail/*.html") if path.stem not in {"layout", "parts"}
)
URL = "http://localhost:5000/somewhere?token=abc"
CHECK = "http://localhost:5000/verify/PPTA-2026-000123-7Y"


def parts(name: str, language: str) -> tuple[str, html.HtmlElement]:
    """Render a mail as `mail.send` does, without a request."""
    person = accounts.person(name_latin="Elena Russu", name_cyrillic="Елена Руссу")
    context = {
        "person": person,
        "facts": certificates.facts(),
        "url": URL,
        "check_url": CHECK,
        "reason": "The address belongs to another person.",
        "days": 7,
        "kind": "copy",
        "language": language,
    }
    with force_locale(language):
        text = render_template(f"mail/{name}.txt", **context)
        page = render_template(f"mail/{name}.html", **context)
    return text.strip(), html.fromstring(page)


def words(text: str) -> str:
    """Return the words of a text: without addresses, which its page writes twice, and without signs."""
    return " ".join(re.findall(r"\w+", re.sub(r"https?://\S+", " ", text)))


def test_there_are_mails() -> None:
    assert {"confirm", "reset-password", "certificate"} <= set(MAILS)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_in_text_and_on_its_page(app: Flask, name: str, language: str) -> None:
    text, page = parts(name, language)
    subject, _, body = text.partition("\n")
    told = " ".join(page.xpath(".//body//text()"))

    assert page.get("lang") == language
    assert page.findtext(".//title").strip() == subject.strip()
    assert len(subject) < 100
    for line in body.splitlines():
        assert words(line) in words(told)
    assert ("Elena Russu" if language == "en" else "Елена Руссу") in told
    assert ("In English:" in told) == ("In English:" in text) == (language == "ru")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_asks_nobody_for_anything(app: Flask, name: str, language: str) -> None:
    """No pictures, scripts, fonts or hosts but our own; every address of a button stands there in full."""
    text, page = parts(name, language)
    addresses = page.xpath("//a/@href")

    assert page.xpath("//img | //script | //link | //iframe | //form") == []
    assert set(addresses) <= {URL, CHECK}
    for address in set(addresses):
        assert address in page.xpath("//a/text()")
        assert address in text
    assert not re.search(r"url\(|@import", html.tostring(page, encoding="unicode"))
    assert max(map(len, text.splitlines())) < 900
