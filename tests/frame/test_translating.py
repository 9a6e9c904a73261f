"""Templates speak the language of the page, however often they were compiled for another one."""

from pathlib import Path

import jinja2
import pytest
from flask import Flask
from flask_babel import force_locale
from flask_wtf import FlaskForm
from wtforms import StringField

from academy.templating import address, asset

PAGE = """{% from "components/icon.html" import icon as draw %}
<p>{{ _("Sign in") }}</p><p>{{ _("Signed in as") }} {{ _("Welcome, %(name)s", name=name) }}</p>
<p>{{ current_language() }}</p>{{ draw("search", _("Search")) }}{{ draw("search", name) }}
<i>{{ asset("img/mark.svg") }}</i><i>{{ url_for("courses.catalogue", q="a&b") }}</i>
{{ _("100%%") }}{{ ngettext("%(num)d course", "%(num)d courses", 5) }}"""


@pytest.fixture
def environment(app: Flask) -> jinja2.Environment:
    loader = jinja2.DictLoader({"page.html": PAGE, "note.txt": '{{ _("Welcome, %(name)s", name=name) }}'})
    found = app.jinja_env.overlay(loader=jinja2.ChoiceLoader([loader, app.jinja_env.loader]))  # type: ignore[list-item]
    assert isinstance(found, jinja2.Environment)
    return found


def test_template_is_in_the_language_of_the_page_each_time(
    app: Flask, environment: jinja2.Environment
) -> None:
    said = []
    for language in ("en", "ru", "en", "ru"):
        with app.test_request_context(), force_locale(language):
            said.append(environment.get_template("page.html").render(name="Elena"))

    assert said[:2] == said[2:]
    assert "<p>Sign in</p><p>Signed in as Welcome, Elena</p>\n<p>en</p>" in said[0]
    assert 'aria-label="Search"' in said[0]
    assert "100%5 courses" in said[0]
    assert "<p>Войти</p>" in said[1]
    assert "<p>ru</p>" in said[1]
    assert 'aria-label="Search"' not in said[1]
    assert "5 курсов" in said[1]


def test_what_is_put_into_a_message_is_escaped_in_pages_and_plain_in_texts(
    app: Flask, environment: jinja2.Environment
) -> None:
    with app.test_request_context():
        page = environment.get_template("page.html").render(name="<b>'")
        text = environment.get_template("note.txt").render(name="<b>'")

    assert "Welcome, &lt;b&gt;&#39;" in page
    assert 'aria-label="&lt;b&gt;&#39;"' in page
    assert text == "Welcome, <b>'"


def test_constants_are_compiled_into_the_template(app: Flask, environment: jinja2.Environment) -> None:
    with app.test_request_context(), force_locale("ru"):
        spoken = environment.get_template("page.html").environment
        code = spoken.compile(PAGE, "page.html", raw=True)

    assert "Войти" in code
    assert "Sign in" not in code
    assert asset("img/mark.svg") in code
    assert "url_for" not in code
    assert "/courses?q=a%26b" in code


def test_values_given_by_stars_are_asked_for_when_the_template_is_drawn(
    app: Flask, environment: jinja2.Environment
) -> None:
    source = """{{ url_for("courses.course", **place) }} {{ _("Welcome, %(name)s", **told) }}"""
    with app.test_request_context("/?lang=en"):
        spoken = environment.get_template("note.txt").environment
        template = spoken.from_string(source)

        assert template.render(place={"code": "A-1"}, told={"name": "Ana"}) == "/courses/A-1 Welcome, Ana"


def test_addresses_of_what_is_compiled_outside_of_a_request_are_asked_for_when_it_is_drawn(
    app: Flask, environment: jinja2.Environment
) -> None:
    spoken = environment.get_template("note.txt").environment

    assert "url_for" in str(spoken.compile(PAGE, "page.html", raw=True))


def test_addresses_are_those_of_flask(app: Flask) -> None:
    with app.test_request_context():
        assert address("courses.course", code="A Bü") == "/courses/A%20B%C3%BC"
        assert address("courses.catalogue", theme=["T1", "T2"]) == "/courses?theme=T1&theme=T2"
        assert address("courses.catalogue", page=True) == "/courses?page=True"
        assert address("courses.catalogue", page=1) == "/courses?page=1"
        assert asset("img/mark.svg") == app.url_for(
            "static", filename="img/mark.svg", v=asset("img/mark.svg")[-12:]
        )
        assert Path(asset("academy.css")).suffix == ".css"


def test_messages_of_forms_are_in_the_language_of_the_page(app: Flask) -> None:
    said = []
    for language in ("en", "ru"):
        with app.test_request_context(), force_locale(language):
            said.append(Form().field.gettext("This field is required."))

    assert said == ["This field is required.", "Обязательное поле."]


class Form(FlaskForm):
    field = StringField("Field")
