"""Signing in, and choosing a new password."""

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired

from academy.accounts import passwords
from academy.accounts.forms import fields
from academy.accounts.models import Person


def is_shared() -> bool:
    """Say whether the computer is a shared one: by the setting, or by the tick in the form that was sent."""
    rule = current_app.config["SHARED_WORKSTATIONS"]
    return rule == "always" or (rule == "ask" and bool(request.form.get("shared")))


class SignInForm(FlaskForm):
    """Address and password; `next` is a path to go to afterwards."""

    email = fields.email_field()
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), fields.longest(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class ConfirmForm(FlaskForm):
    """The password of a registration, where its link is opened in another browser."""

    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), fields.longest(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )


class EmailForm(FlaskForm):
    """Just an address."""

    email = fields.email_field()


class NewPasswordForm(FlaskForm):
    """A new password, by a link; invited people also accept the privacy notice."""

    password = fields.new_password_field(_l("New password"))
    consent = fields.consent_field()

    def __init__(self, person: Person) -> None:
        """Ask for consent only where there is none yet."""
        super().__init__()
        self.person = person
        if person.privacy_version is not None:
            del self.consent

    def personal(self) -> tuple[str | None, ...]:
        """Return what the password may not consist of."""
        return fields.personal_facts(self.person)
