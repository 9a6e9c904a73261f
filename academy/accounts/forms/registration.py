"""Registration in four steps; what earlier steps gave is kept in the session, passwords never."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import DataRequired

from academy.accounts import queries, zones
from academy.accounts.forms import fields
from academy.accounts.models import State
from academy.accounts.services import Application
from academy.locale import language

Answers = Mapping[str, str]
MOST_KEPT = 300


class Step(FlaskForm):
    """One step: knows its own fields, and which of its answers are kept."""

    def __init__(self, answers: Answers, **options: Any) -> None:
        """Begin with what was answered before."""
        super().__init__(data=dict(answers), **options)

    def kept(self) -> dict[str, str]:
        """Return the answers of this step, as typed."""
        return {
            field.name: str(field.data or "")[:MOST_KEPT]
            for field in self
            if field.name not in {"csrf_token", "password", "consent"}
        }


class EmailStep(Step):
    """Step 1: the address."""

    email = fields.email_field()


class AboutStep(Step):
    """Step 2: names, state, language."""

    name_latin = fields.latin_field()
    name_cyrillic = fields.cyrillic_field()
    state = SelectField(_l("State"), validators=[DataRequired(_l("Choose your state."))])
    language = fields.language_field()

    def __init__(self, answers: Answers, **options: Any) -> None:
        """Offer the states, and the language of the page."""
        super().__init__({"language": language(), **answers}, **options)
        self.state.choices = fields.options([("", "–"), *fields.state_pairs(queries.states_to_choose())])


class ServiceStep(Step):
    """Step 3: the organisation of that state, and the time zone."""

    organisation = SelectField(_l("Organisation"))
    time_zone = SelectField(_l("Time zone"), validators=[DataRequired(_l("Choose a time zone."))])

    def __init__(self, answers: Answers, **options: Any) -> None:
        """Offer the organisations of the state, and guess the zone by it."""
        code = answers.get("state", "")
        state = next((one for one in queries.states_to_choose() if one.code == code), None)
        guess = state.time_zone if state else zones.DEFAULT
        super().__init__({"time_zone": guess, **answers}, **options)
        units = fields.organisation_pairs(queries.organisations_of(code))
        self.organisation.choices = fields.options([("", _("Not in the list, or none")), *units])
        self.time_zone.choices = fields.options(zones.choices(current=guess))


class CheckStep(Step):
    """Step 4: the password, and the privacy notice."""

    password = fields.new_password_field()
    consent = fields.consent_field()

    def __init__(self, answers: Answers, **options: Any) -> None:
        """Know whom the password may not name."""
        super().__init__({}, **options)
        self.answers = answers

    def personal(self) -> tuple[str | None, ...]:
        """Return what the password may not consist of."""
        state = queries.state_by_code(self.answers["state"]).name.values() if "state" in self.answers else ()
        return (*(self.answers.get(name) for name in ("email", "name_latin", "name_cyrillic")), *state)


STEPS: tuple[type[Step], ...] = (EmailStep, AboutStep, ServiceStep)
TITLES = (_l("E-mail"), _l("About you"), _l("Place of service"), _l("Last check"))


def first_open_step(answers: Answers) -> int:
    """Return the number of the first step whose answers are missing or wrong, or 4."""
    for number, step in enumerate(STEPS, start=1):
        if not step(answers, formdata=None, meta={"csrf": False}).validate():
            return number
    return len(STEPS) + 1


def application(answers: Answers) -> Application:
    """Return the answers of all steps as an application."""
    unit = answers.get("organisation")
    return Application(
        email=answers["email"],
        name_latin=answers["name_latin"],
        name_cyrillic=answers["name_cyrillic"] or None,
        state_code=answers["state"],
        organisation=queries.organisation_by_public_id(UUID(unit)) if unit else None,
        language=answers["language"],
        time_zone=answers["time_zone"],
    )


def states_shown(number: int, answers: Answers) -> list[State]:
    """Return the states whose names a step shows: all to choose from, or the one chosen."""
    states = queries.states_to_choose() if number in {2, 4} else []
    return [state for state in states if number == 2 or state.code == answers.get("state")]


def summary(answers: Answers) -> list[tuple[int, object, str]]:
    """Return what was answered, as (step, label, text), for checking."""
    about, service = AboutStep(answers, formdata=None), ServiceStep(answers, formdata=None)
    return [
        (1, _("E-mail"), answers["email"]),
        (2, about.name_latin.label.text, answers["name_latin"]),
        (2, about.name_cyrillic.label.text, answers["name_cyrillic"] or "–"),
        (2, about.state.label.text, _chosen(about.state)),
        (2, about.language.label.text, _chosen(about.language)),
        (3, service.organisation.label.text, _chosen(service.organisation).strip(fields.INDENT)),
        (3, service.time_zone.label.text, _chosen(service.time_zone)),
    ]


def _chosen(field: SelectField) -> str:
    return str(next((choice.label for choice in field.choices if choice.value == field.data), "–"))
