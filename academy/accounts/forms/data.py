"""What people and staff enter about personal data."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, TextAreaField
from wtforms.validators import DataRequired, Length

from academy.accounts import passwords
from academy.accounts.forms import fields

LONGEST_REASON = 500


class AskForm(FlaskForm):
    """The present password, for a request that somebody at an open browser must not make."""

    current = PasswordField(
        _l("Current password"),
        validators=[DataRequired(_l("Enter your current password.")), fields.longest(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )


class AskErasureForm(AskForm):
    """The same, and the consequences understood."""

    understood = BooleanField(
        _l("I understand that my account, my results under my name and my certificates go for good."),
        validators=[DataRequired(_l("Tick this to go on."))],
    )


class DecisionForm(FlaskForm):
    """The reason of a decision about a request."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[
            DataRequired(_l("Give a reason.")),
            Length(max=LONGEST_REASON, message=_l("Write at most 500 characters.")),
        ],
    )
