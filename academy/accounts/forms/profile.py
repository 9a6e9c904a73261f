"""What people change about themselves."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from academy.accounts import passwords, queries, zones
from academy.accounts.forms import fields
from academy.accounts.models import Organisation, Person, State
from academy.accounts.services import Profile
from academy.accounts.states import in_order, state_name


class ProfileForm(FlaskForm):
    """Names, language, time zone."""

    name_latin = fields.latin_field()
    name_cyrillic = fields.cyrillic_field()
    language = fields.language_field()
    time_zone = SelectField(_l("Time zone"), validators=[DataRequired(_l("Choose a time zone."))])

    def __init__(self, person: Person, **options: Any) -> None:
        """Begin with what the person has."""
        super().__init__(obj=person, **options)
        self.time_zone.choices = fields.options(zones.choices(current=person.time_zone))

    def profile(self) -> Profile:
        """Return what was entered."""
        return Profile(
            name_latin=self.name_latin.data or "",
            name_cyrillic=self.name_cyrillic.data or None,
            language=self.language.data,
            time_zone=self.time_zone.data,
        )


class ServiceForm(FlaskForm):
    """State and organisation."""

    state = SelectField(_l("State"), validators=[DataRequired(_l("Choose your state."))])
    organisation = SelectField(_l("Organisation"))

    def __init__(self, person: Person, **options: Any) -> None:
        """Begin with what the person claims; organisations are grouped by state."""
        unit = str(person.organisation.public_id) if person.organisation else ""
        super().__init__(data={"state": person.state_code or "", "organisation": unit}, **options)
        states = queries.states_to_choose()
        if person.state is not None and person.state not in states:
            states.append(person.state)
        self.state.choices = fields.options([("", "–"), *fields.state_pairs(states)])
        self.organisation.choices = _by_state(states)

    def unit(self) -> Organisation | None:
        """Return the organisation chosen, or None."""
        chosen = self.organisation.data
        return queries.organisation_by_public_id(UUID(chosen)) if chosen else None

    def validate_organisation(self, field: SelectField) -> None:
        """Refuse an organisation of another state."""
        unit = None if field.errors else self.unit()
        if unit is not None and unit.state_code != self.state.data:
            raise ValidationError(_("This organisation belongs to another state. Choose one of your state."))


class PasswordForm(FlaskForm):
    """The present and a new password."""

    current = PasswordField(
        _l("Current password"),
        validators=[DataRequired(_l("Enter your current password.")), fields.longest(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    password = fields.new_password_field(_l("New password"))

    def __init__(self, person: Person, **options: Any) -> None:
        """Know whom the password may not name."""
        super().__init__(**options)
        self.person = person

    def personal(self) -> tuple[str | None, ...]:
        """Return what the password may not consist of."""
        return fields.personal_facts(self.person)


def _by_state(states: list[State]) -> list[SelectChoice]:
    units = queries.organisations()
    choices = fields.options([("", _("Not in the list, or none"))], group="–")
    for state in in_order(states):
        own = [unit for unit in units if unit.state_code == state.code]
        choices += fields.options(fields.organisation_pairs(own), group=state_name(state))
    return choices
