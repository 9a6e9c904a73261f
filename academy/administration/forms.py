"""What administrators enter."""

from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from academy import clock
from academy.accounts.forms import fields
from academy.errors import Invalid
from academy.xapi.credentials import Entry, Terms
from academy.xapi.errors import StatementInvalid
from academy.xapi.validation import actor

#: The scopes of the standard (xAPI 1.0.3 Communication 4.2), in words.
SCOPES: dict[str, object] = {
    "statements/write": _l("Store statements"),
    "statements/read/mine": _l("Read the statements that it stored itself"),
    "statements/read": _l("Read all statements"),
    "state": _l("Read and write the state of learners in activities"),
    "define": _l("Change what is known of activities and agents"),
    "profile": _l("Read and write profiles of activities and agents"),
    "all/read": _l("Read everything"),
    "all": _l("Do everything"),
}
#: The identifiers of agents (xAPI 1.0.3 Data 2.4.2.3), in words, and what is wrong with one that is none.
IDENTIFIERS: dict[str, object] = {
    "mbox": _l("E-mail address"),
    "mbox_sha1sum": _l("SHA-1 of the e-mail address"),
    "account": _l("Account of another system"),
    "openid": _l("OpenID"),
}
WRONG_IDENTIFIER: dict[str, object] = {
    "mbox": _l("This is no e-mail address."),
    "mbox_sha1sum": _l("A SHA-1 has 40 characters: digits, and letters from a to f."),
    "account": _l("An account has a name, and the address of the system's home page."),
    "openid": _l("An OpenID is an address that begins with http:// or https://."),
}
LONGEST_IDENTIFIER = 2000
LONGEST_REASON = 500
USUAL = ("statements/write", "statements/read/mine")
MOST_PER_MINUTE = 1_000_000
LAST_OF_ALL = date(9999, 12, 30)


def _not_over(form: object, field: fields.DayField) -> None:
    if field.data is not None and field.data < clock.now().date():
        raise ValidationError(_l("This day is over."))


def _last_day() -> fields.DayField:
    return fields.DayField(_l("Valid until the end of"), validators=[Optional(), _not_over])


def _end(day: date | None) -> datetime | None:
    """Return the end of a day, UTC."""
    return datetime.combine(min(day, LAST_OF_ALL) + timedelta(days=1), time(), UTC) if day else None


class CredentialForm(FlaskForm):
    """A new credential of the record store."""

    label = StringField(
        _l("Who will use it"), validators=[DataRequired(_l("Write who will use it.")), fields.longest(200)]
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=fields.options(SCOPES.items()),
        default=USUAL,
        validators=[DataRequired(_l("Choose at least one."))],
    )
    may_void = BooleanField(_l("It may void statements"))
    last_day = _last_day()
    per_minute = IntegerField(
        _l("Requests a minute"),
        validators=[Optional(), NumberRange(0, MOST_PER_MINUTE, _l("Write a number, 0 for no limit."))],
    )

    def terms(self) -> Terms:
        """Return what limits the credential."""
        return Terms(_end(self.last_day.data), self.per_minute.data, may_void=self.may_void.data)


class FindAgentForm(FlaskForm):
    """An agent of the record store, by the identifier that statements have."""

    kind = RadioField(_l("Known by"), choices=fields.options(IDENTIFIERS.items()), default="mbox")
    identifier = StringField(
        _l("Identifier"),
        validators=[DataRequired(_l("Write the identifier.")), fields.longest(LONGEST_IDENTIFIER)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )
    home_page = StringField(
        _l("Home page of the account"),
        validators=[fields.longest(LONGEST_IDENTIFIER)],
        render_kw={
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "none",
            "inputmode": "url",
        },
    )

    def agent(self) -> dict[str, object]:
        """Return the identifier as statements write it. Raises Invalid with what is wrong with it."""
        kind, text = str(self.kind.data), str(self.identifier.data).strip()
        if kind == "account":
            found: dict[str, object] = {
                "account": {"homePage": (self.home_page.data or "").strip(), "name": text}
            }
        elif kind == "mbox":
            found = {"mbox": f"mailto:{text.removeprefix('mailto:')}"}
        else:
            found = {kind: text}
        try:
            actor.agent(found)
        except StatementInvalid as fault:
            raise Invalid(WRONG_IDENTIFIER[kind]) from fault
        return found


class EraseAgentForm(FlaskForm):
    """Why an agent is erased, and that the consequence is understood."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[DataRequired(_l("Give a reason.")), fields.longest(LONGEST_REASON)],
    )
    understood = BooleanField(
        _l("I understand that this cannot be undone."), validators=[DataRequired(_l("Tick this to go on."))]
    )


class ValidityForm(FlaskForm):
    """Until when a credential is valid."""

    last_day = _last_day()

    def __init__(self, entry: Entry) -> None:
        """Begin with the day on which it ends now."""
        super().__init__(
            data={"last_day": (entry.expires - timedelta(seconds=1)).date()} if entry.expires else {}
        )

    @property
    def expires(self) -> datetime | None:
        """Return the end, None for never."""
        return _end(self.last_day.data)
