"""What the macros write, where a mistake would be heard rather than seen."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from lxml import html
from lxml.etree import _Element
from wtforms import EmailField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

Render = Callable[..., _Element]


class SampleForm(FlaskForm):
    """A form with a hint, an error and choices."""

    class Meta:
        """The sample is never sent."""

        csrf = False

    email = EmailField("E-mail", [InputRequired("Write your address")], description="Any address you read")
    name = StringField("Name", [Length(max=3, message="At most 3 letters")])
    language = RadioField(
        "Language", choices=[SelectChoice("en", "English"), SelectChoice("ru", "Русский")], default="ru"
    )


@pytest.fixture
def render(app: Flask) -> Render:
    """Return a function that renders a line of template and gives the element it makes."""

    def element(line: str, language: str = "en", **context: object) -> _Element:
        with app.test_request_context(f"/?x=1&lang={language}", headers={"Accept-Language": language}):
            return html.fromstring(app.jinja_env.from_string(line).render(**context))

    return element


@pytest.fixture
def form(app: Flask) -> SampleForm:
    """Return the sample as it comes back with two errors."""
    with app.test_request_context("/"):
        sample = SampleForm(data={"name": "Elena", "language": "ru"})
        sample.validate()
        return sample


def test_field_ties_hint_and_error_to_the_input(render: Render, form: SampleForm) -> None:
    field = render('{% from "components/field.html" import field %}{{ field(f) }}', f=form.email)

    (box,) = field.xpath(".//input")
    named = [
        field.get_element_by_id(name).text_content().strip() for name in box.get("aria-describedby").split()
    ]
    assert (box.get("aria-invalid"), named) == ("true", ["Any address you read", "Write your address"])
    assert field.xpath("string(.//label/@for)") == box.get("id")


def test_field_without_hint_and_error_promises_none(render: Render) -> None:
    source = '{% from "components/field.html" import field %}{{ field(f, autocomplete="off") }}'

    (box,) = render(source, f=SampleForm(meta={"csrf": False}).name).xpath(".//input")

    assert {"aria-describedby", "aria-invalid"} & set(box.attrib) == set()
    assert box.get("autocomplete") == "off"


def test_choices_are_a_named_group_with_the_present_answer(render: Render, form: SampleForm) -> None:
    group = render('{% from "components/choices.html" import choices %}{{ choices(f) }}', f=form.language)

    assert group.findtext("legend") == "Language"
    assert group.xpath(".//input[@checked]/@value") == ["ru"]
    assert group.xpath("count(.//label//input[@type='radio' and @name='language'])") == 2


def test_error_summary_leads_to_each_field(render: Render, form: SampleForm) -> None:
    source = '{% from "components/error-summary.html" import error_summary %}{{ error_summary(form) }}'

    summary = render(source, form=form)

    assert summary.get("role") == "alert"
    assert summary.xpath(".//li/a/@href") == ["#email", "#name"]
    assert "2 things" in summary.text_content()


def test_button_form_posts_with_its_hidden_fields(render: Render) -> None:
    source = """{% from "components/button.html" import button_form %}
        {{ button_form("Enrol", "/courses/x/enrol", fields={"language": "ru"}) }}"""

    form = render(source)

    assert (form.get("method"), form.get("action")) == ("post", "/courses/x/enrol")
    assert form.xpath(".//input[@name='language']/@value") == ["ru"]
    assert len(form.xpath(".//input[@name='csrf_token']/@value")) == 1


@pytest.mark.parametrize(("share", "dashes"), [(0, []), (0.6, ["60 100"]), (1, [None])])
def test_ring_is_as_long_as_the_share(render: Render, share: float, dashes: list[str | None]) -> None:
    source = '{% from "components/progress.html" import progress_ring %}{{ progress_ring(share, "Course") }}'

    arcs = render(source, share=share).xpath(".//*[@class='ring__done']")

    assert [arc.get("stroke-dasharray") for arc in arcs] == dashes


def test_status_is_a_word_and_an_icon(render: Render) -> None:
    badge = render('{% from "components/badge.html" import status %}{{ status("overdue") }}')

    assert badge.text_content().strip() == "Overdue"
    assert badge.xpath("string(.//*[name()='use']/@href)").endswith("#clock")


def test_icon_without_label_is_silent_and_with_label_speaks(render: Render) -> None:
    silent = render('{% from "components/icon.html" import icon %}{{ icon("check") }}')
    spoken = render('{% from "components/icon.html" import icon %}{{ icon("check", "Done") }}')

    assert (silent.get("aria-hidden"), silent.get("role")) == ("true", None)
    assert (spoken.get("aria-hidden"), spoken.get("role"), spoken.get("aria-label")) == (None, "img", "Done")


def test_pagination_shows_the_ends_and_the_neighbours(render: Render) -> None:
    source = """{% from "components/pagination.html" import pagination %}
        {{ pagination(5, 20, "courses.catalogue", {"q": "labour"}) }}"""

    pages = render(source).xpath(".//*[contains(@class, 'pagination__page')]")

    assert [page.text for page in pages] == ["1", "4", "5", "6", "20"]
    assert [page.get("href") for page in pages][:3] == [
        "/courses?page=1&q=labour",
        "/courses?page=4&q=labour",
        None,
    ]


def test_text_of_people_is_escaped(render: Render) -> None:
    row = render('{% from "components/rows.html" import row %}{{ row(title) }}', title="<b>Elena</b> & Ion")

    assert row.text_content().strip() == "<b>Elena</b> & Ion"
