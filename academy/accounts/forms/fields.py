"""Fields that several forms share, and how they refuse."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from academy.accounts import emails, names, passwords
from academy.accounts.models import Organisation, Person, State
from academy.accounts.states import in_order, state_name
from academy.errors import Invalid
from academy.locale import translated

LANGUAGES = [SelectChoice("en", "English"), SelectChoice("ru", "Русский")]
INDENT = "\u2003"


def email_field() -> EmailField:
    """Return a field for an e-mail address; its data is the one written form of it."""
    return EmailField(
        _l("E-mail"),
        validators=[DataRequired(_l("Enter your e-mail address.")), _email],
        render_kw={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"},
    )


def latin_field() -> StringField:
    """Return a field for a name in Latin letters."""
    return StringField(
        _l("Name and surname in Latin letters"),
        validators=[DataRequired(_l("Enter the name in Latin letters.")), _latin],
        render_kw={"autocomplete": "name", "lang": "en"},
    )


def cyrillic_field() -> StringField:
    """Return a field for a name in Cyrillic letters, which may stay empty."""
    return StringField(
        _l("Name and surname in Cyrillic letters"), validators=[_cyrillic], render_kw={"lang": "ru"}
    )


def language_field() -> RadioField:
    """Return the choice of the language of pages, mails and certificates."""
    return RadioField(_l("Language of e-mails and certificates"), choices=LANGUAGES, default="en")


def new_password_field(label: object = _l("Password")) -> PasswordField:
    """Return a field for a new password; the form gives `personal()`, which it may not be."""
    return PasswordField(
        label,
        validators=[DataRequired(_l("Choose a password.")), _new_password],
        render_kw={"autocomplete": "new-password"},
    )


def consent_field() -> BooleanField:
    """Return the box that accepts the privacy notice."""
    return BooleanField(
        _l("I agree that my data are processed as the privacy notice says."),
        validators=[DataRequired(_l("Without your consent we may not keep your data."))],
    )


def longest(count: int) -> Length:
    """Return the validator of a text's length, in words that say how to mend it."""
    return Length(max=count, message=_l("At most %(max)d characters."))


class DayField(DateField):
    """A day, which browsers send as 2026-11-24; people without such a browser may write 24.11.2026."""

    def __init__(self, label: object, **options: Any) -> None:
        """Take the label and what else a date field takes."""
        super().__init__(label, format=["%Y-%m-%d", "%d.%m.%Y"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day that was written."""
        try:
            super().process_formdata(valuelist)
        except ValueError as fault:
            raise ValueError(_l("There is no such day. Write it as 24.11.2026.")) from fault


def options(pairs: Iterable[tuple[str, object]], *, group: str | None = None) -> list[SelectChoice]:
    """Return the choices of a select from values and their names."""
    return [SelectChoice(value, name, optgroup=group) for value, name in pairs]


def state_pairs(states: Iterable[State]) -> list[tuple[str, str]]:
    """Return codes and names of states, alphabetically in the reader's language."""
    return [(state.code, state_name(state)) for state in in_order(states)]


def organisation_pairs(units: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Return public ids and names of organisations, as an indented tree."""
    return [
        (str(unit.public_id), INDENT * (unit.path.count("/") - 2) + translated(unit.name)) for unit in units
    ]


def personal_facts(person: Person) -> tuple[str | None, ...]:
    """Return what is known about a person, of which a password may not consist."""
    state = person.state.name.values() if person.state else ()
    return (person.email, person.name_latin, person.name_cyrillic, *state)


def _email(form: object, field: EmailField) -> None:
    field.data = _kept(emails.normal, field.data)


def _latin(form: object, field: StringField) -> None:
    field.data = _kept(names.latin, field.data)


def _cyrillic(form: object, field: StringField) -> None:
    field.data = _kept(names.cyrillic, field.data) or ""


def _new_password(form: Any, field: PasswordField) -> None:
    fault = passwords.fault(field.data or "", personal=form.personal())
    if fault:
        raise ValidationError(fault)


def _kept(read: Any, text: str | None) -> str | None:
    try:
        return read(text or "")
    except Invalid as error:
        raise ValidationError(str(error)) from error
