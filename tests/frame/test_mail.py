"""The skeleton of mails: subject first, greeting, body, why it came; the same in text and HTML."""

from flask import Flask
from flask_babel import force_locale
from lxml import html

TEXT = """{% extends "mail/layout.txt" %}
{% block subject %}Your course is due{% endblock %}
{% block body %}Continue at {{ address }}{% endblock %}
{% block why %}Your coordinator enrolled you.{% endblock %}
"""
HTML = """{% extends "mail/layout.html" %}
{% from "mail/parts.html" import mail_button, paragraph %}
{% block subject %}Your course is due{% endblock %}
{% block body %}
{% call paragraph() %}Six days are left.{% endcall %}
{{ mail_button("Continue", address) }}
{% endblock %}
{% block why %}Your coordinator enrolled you.{% endblock %}
"""
CONTEXT = {"name": "Elena & Ion", "address": "http://localhost:5000/learn", "language": "en", "english": None}


def render(app: Flask, source: str, **more: object) -> str:
    """Render as a job does: without a request."""
    with app.app_context(), force_locale("en"):
        context: dict[str, object] = {**CONTEXT, **more}
        app.update_template_context(context)
        return app.jinja_env.from_string(source).render(**context)


def render_text(app: Flask) -> list[str]:
    environment = app.jinja_env.overlay(autoescape=False)
    with app.app_context(), force_locale("en"):
        context: dict[str, object] = dict(CONTEXT)
        app.update_template_context(context)
        return environment.from_string(TEXT).render(**context).strip().splitlines()


def test_text_begins_with_the_subject_and_ends_with_the_funding(app: Flask) -> None:
    lines = render_text(app)

    assert lines[0] == "Your course is due"
    assert "Dear Elena & Ion," in lines
    assert "Continue at http://localhost:5000/learn" in lines
    assert lines[-1].startswith(str(app.config["FUNDING_EN"]))


def test_page_shows_the_address_of_its_button_in_full(app: Flask) -> None:
    page = html.fromstring(render(app, HTML))

    assert page.get("lang") == "en"
    assert page.xpath("//a/@href") == [CONTEXT["address"]] * 2
    assert page.xpath("//a/text()") == ["Continue", CONTEXT["address"]]
    assert "Dear Elena & Ion," in page.text_content()


def test_english_summary_stands_under_a_russian_mail_only(app: Flask) -> None:
    assert "In English:" not in render(app, HTML)
    assert "In English:" in render(app, HTML, english="It is due on Monday.")


def test_page_of_a_mail_asks_nothing_of_the_web(app: Flask) -> None:
    page = html.fromstring(render(app, HTML))

    assert page.xpath("//img | //link | //script | //style") == []
