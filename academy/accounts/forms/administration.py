"""What staff enter about roles, states and organisations."""

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Optional, Regexp

from academy.accounts import emails, queries, zones
from academy.accounts.forms import fields
from academy.accounts.models import Organisation, Role, State
from academy.accounts.services import StateFacts

ROLES = {
    Role.LEARNER: _l("Learner"),
    Role.TRAINER: _l("Trainer"),
    Role.EDITOR: _l("Library editor"),
    Role.COORDINATOR: _l("National coordinator"),
    Role.SECRETARIAT: _l("Secretariat"),
    Role.OBSERVER: _l("Observer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
STATUSES = {
    "active": _l("Participates"),
    "suspended": _l("Participation is suspended"),
    "former": _l("No longer participates"),
}
REGIONS = {
    "EU": _l("European Union"),
    "Schengen non-EU": _l("Schengen, not in the European Union"),
    "Eastern Partnership": _l("Eastern Partnership"),
    "Western Balkans": _l("Western Balkans"),
    "Central Asia": _l("Central Asia"),
    "Russia": _l("Russian Federation"),
    "Türkiye": _l("Türkiye"),
    "Other (former EU)": _l("Other regions"),
}
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
LONGEST = fields.longest(200)
NAME_EN = DataRequired(_l("Write the name in English."))
NAME_RU = DataRequired(_l("Write the name in Russian."))


class GrantForm(FlaskForm):
    """A role for a person, and what it is limited to."""

    email = fields.email_field()
    role = SelectField(_l("Role"), validators=[DataRequired(_l("Choose a role."))])
    limit = SelectField(_l("State or organisation (for coordinators)"))

    def __init__(self) -> None:
        """Offer the roles, the states and the organisations."""
        super().__init__()
        self.role.choices = fields.options(
            (role.value, name) for role, name in ROLES.items() if role != Role.LEARNER
        )
        states = [(f"state:{code}", name) for code, name in fields.state_pairs(queries.states())]
        units = fields.organisation_pairs(queries.organisations())
        self.limit.choices = [
            *fields.options([("", _("No limit"))], group="–"),
            *fields.options(states, group=_("States")),
            *fields.options(
                ((f"unit:{key}", name) for key, name in units), group=_("Organisations and all below")
            ),
        ]

    def limits(self) -> dict[str, Any]:
        """Return the limit as `roles.grant` takes it."""
        return read_limit(self.limit.data or "")


def read_limit(text: str) -> dict[str, Any]:
    """Read `state:MD`, `unit:<public id>` or nothing."""
    kind, _colon, value = text.partition(":")
    if kind == "state":
        return {"state_code": queries.state_by_code(value).code}
    if kind == "unit":
        return {"organisation": queries.organisation_by_public_id(UUID(value))}
    return {}


class StateForm(FlaskForm):
    """A participating state."""

    code = StringField(
        _l("Code (two letters)"),
        validators=[
            DataRequired(_l("Write the two letters of the state, for example MD.")),
            Regexp(r"^[A-Za-z]{2}\Z", message=_l("Two Latin letters.")),
        ],
    )
    name_en = StringField(_l("Name in English"), validators=[NAME_EN, LONGEST])
    name_ru = StringField(_l("Name in Russian"), validators=[NAME_RU, LONGEST])
    region = SelectField(_l("Region"), choices=fields.options(REGIONS.items()))
    status = SelectField(_l("Status"), choices=fields.options(STATUSES.items()))
    since = fields.DayField(_l("Since"), validators=[Optional()])
    until = fields.DayField(_l("Until"), validators=[Optional()])
    time_zone = SelectField(_l("Time zone"))
    footnote = BooleanField(_l("The name carries the footnote on status"))

    def __init__(self, state: State | None = None) -> None:
        """Begin with the state as it is; its code stays."""
        names = {"name_en": state.name.get("en"), "name_ru": state.name.get("ru")} if state else {}
        super().__init__(obj=state, data={"time_zone": zones.DEFAULT, **names} if not state else names)
        self.time_zone.choices = fields.options(zones.choices(current=state.time_zone if state else None))
        if state is not None:
            del self.code

    def facts(self) -> StateFacts:
        """Return what was entered."""
        return StateFacts(
            name={"en": (self.name_en.data or "").strip(), "ru": (self.name_ru.data or "").strip()},
            region=self.region.data,
            status=self.status.data,
            since=self.since.data,
            until=self.until.data,
            footnote=self.footnote.data,
            time_zone=self.time_zone.data,
        )

    def validate_until(self, field: DateField) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("The end is before the beginning."))


class OrganisationForm(FlaskForm):
    """An organisation and its place in the tree."""

    name_en = StringField(_l("Name in English"), validators=[NAME_EN, LONGEST])
    name_ru = StringField(_l("Name in Russian"), validators=[LONGEST])
    state = SelectField(_l("State"))
    parent = SelectField(_l("Part of"))
    mail_domain = StringField(
        _l("Mail domain"),
        description=_l(
            "The place of service is confirmed as soon as a person confirms an address of this domain."
        ),
    )

    def __init__(self, organisation: Organisation | None = None) -> None:
        """Begin with the organisation as it is."""
        super().__init__(data=_of(organisation) if organisation else {})
        self.state.choices = fields.options([("", "–"), *fields.state_pairs(queries.states())])
        units = [
            unit
            for unit in queries.organisations()
            if organisation is None or not unit.path.startswith(organisation.path)
        ]
        self.parent.choices = fields.options(
            [("", _("Nothing, top level")), *fields.organisation_pairs(units)]
        )

    def facts(self) -> dict[str, Any]:
        """Return what was entered as `places.save_organisation` takes it."""
        above = self.parent.data
        return {
            "name": {"en": (self.name_en.data or "").strip(), "ru": (self.name_ru.data or "").strip()},
            "state_code": self.state.data or None,
            "parent": queries.organisation_by_public_id(UUID(above)) if above else None,
            "mail_domain": self.mail_domain.data or None,
        }

    def validate_mail_domain(self, field: StringField) -> None:
        """Bring a domain to its one form; refuse what is none."""
        field.data = (field.data or "").strip().lower().removeprefix("@")
        if field.data and not DOMAIN.fullmatch(field.data):
            raise ValidationError(_("A mail domain looks like border.example.org."))
        if emails.anybody_may_have(field.data):
            raise ValidationError(_("Anybody can have an address of this domain, so it proves nothing."))


def role_names(roles: Collection[str]) -> str:
    """Return the names of a person's roles, without the learner's where there is another."""
    further = [role for role in ROLES if role in roles and role != Role.LEARNER]
    return ", ".join(role_name(role) for role in further) or role_name(Role.LEARNER)


def role_name(role: str) -> str:
    """Return the name of a role in the reader's language."""
    return str(ROLES[Role(role)])


def region_name(region: str) -> str:
    """Return the name of a region in the reader's language; one that is not known stands as it is."""
    return str(REGIONS.get(region, region))


def _of(organisation: Organisation) -> dict[str, object]:
    return {
        "name_en": organisation.name.get("en"),
        "name_ru": organisation.name.get("ru"),
        "state": organisation.state_code or "",
        "parent": str(organisation.parent.public_id) if organisation.parent else "",
        "mail_domain": organisation.mail_domain,
    }
