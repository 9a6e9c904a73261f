"""Forms of courses: shape and format of what trainers write."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from academy.courses import words
from academy.courses.models import Course, Section
from academy.locale import LANGUAGES, translated

TITLE = Length(max=200, message=_l("A title has at most 200 characters."))
SUMMARY = Length(max=2000, message=_l("A summary has at most 2000 characters."))
HOURS = NumberRange(0.25, 500, message=_l("Between 0.25 and 500 hours."))


def options(labels: Mapping[str, object]) -> list[SelectChoice]:
    """Return the options of a select field, from values to labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def _stripped(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


class NumberField(DecimalField):
    """A number with a point or, as Russian writes it, a comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number that was written."""
        try:
            super().process_formdata([text.replace(",", ".") for text in valuelist])
        except ValueError as fault:
            raise ValueError(_l("Write a number.")) from fault


#: Made before all titles: fields, and the list of their faults, stand in the order of making.
CODE = StringField(
    _l("Code"),
    description=_l(
        "Stands in the address and on certificates, for example IBM-2026. It cannot change later."
    ),
    validators=[InputRequired(_l("Write a code."))],
    filters=[_stripped],
)


class TitleForm(FlaskForm):
    """A title in both languages; one of them is enough."""

    title_en = StringField(_l("Title"), validators=[TITLE], filters=[_stripped])
    title_ru = StringField("Название", validators=[TITLE], filters=[_stripped])

    def validate_title_en(self, field: StringField) -> None:
        """Ask for a title in at least one language."""
        if not field.data and not self.title_ru.data:
            raise ValidationError(_l("Write a title in at least one language."))

    @property
    def title(self) -> dict[str, str]:
        """Return the title per language."""
        return _texts(self, "title")


class ActivityForm(TitleForm):
    """Titles of an activity and its section."""

    section = SelectField(_l("Section"), validators=[Optional()])

    def offer(self, sections: list[Section]) -> None:
        """Offer the sections of the course."""
        choices = {str(section.public_id): translated(section.title) for section in sections}
        self.section.choices = options({"": _l("No section")} | choices)


class DescriptionForm(TitleForm):
    """What the catalogue says of a course."""

    summary_en = TextAreaField(_l("Summary"), validators=[SUMMARY], render_kw={"rows": 5})
    summary_ru = TextAreaField("Краткое описание", validators=[SUMMARY], render_kw={"rows": 5})
    theme = SelectField(_l("Thematic area"))
    level = SelectField(_l("Level"), choices=options(words.LEVELS))
    hours = NumberField(
        _l("Study time in hours"),
        places=None,
        default=1,
        validators=[InputRequired(_l("Write a number.")), HOURS],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the six thematic areas by their names."""
        super().__init__(*args, **kwargs)
        self.theme.choices = options(words.THEME_NAMES)

    @property
    def values(self) -> dict[str, Any]:
        """Return the columns that the form describes."""
        return {
            "title": self.title,
            "summary": _texts(self, "summary"),
            "theme": self.theme.data,
            "level": self.level.data,
            "hours": float(self.hours.data),
        }


class CourseForm(DescriptionForm):
    """A new course: its code, which stays, and its description."""

    code = CODE


class UploadForm(FlaskForm):
    """A package for a course: the file, or its name and size where it follows in pieces."""

    file = FileField(_l("Package"))
    name = StringField(
        validators=[Length(max=255, message=_l("The name of the file is too long. Rename it."))]
    )
    size = IntegerField(validators=[Optional()])
    language = SelectField(_l("Language of the package"), choices=options(words.LANGUAGE_NAMES))
    activity = SelectField(_l("Place in the course"), validators=[Optional()])


def description_of(course: Course) -> dict[str, Any]:
    """Return what a form begins with for a course that exists."""
    plain = {"theme": course.theme, "level": course.level, "hours": f"{course.hours:g}"}
    return plain | by_language(title=course.title, summary=course.summary)


def by_language(**texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts per language under the names of form fields: `title_en`, `title_ru` …."""
    return {
        f"{name}_{language}": per_language.get(language, "")
        for name, per_language in texts.items()
        for language in LANGUAGES
    }


def _texts(form: FlaskForm, name: str) -> dict[str, str]:
    written = {language: (form[f"{name}_{language}"].data or "").strip() for language in LANGUAGES}
    return {language: text for language, text in written.items() if text}
