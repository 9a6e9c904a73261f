"""The form of a new target."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from academy.xapi.editions import Edition

GIVEN = [InputRequired(_l("This is needed."))]
VERSIONS = [SelectChoice(edition.value, f"xAPI {edition.value}") for edition in Edition]


class TargetForm(FlaskForm):
    """Where statements are sent, as whom, and which."""

    name = StringField(_l("Name"), validators=GIVEN)
    endpoint = StringField(
        _l("Endpoint"), description=_l("For example https://lrs.example.org/xapi"), validators=GIVEN
    )
    key = StringField(_l("Key"), validators=GIVEN)
    secret = PasswordField(_l("Secret"), validators=GIVEN)
    version = SelectField(_l("Version"), choices=VERSIONS)
    verbs = TextAreaField(_l("Only these verbs"), render_kw={"rows": 3})
    activities = TextAreaField(_l("Only these activities"), render_kw={"rows": 3})

    @property
    def filters(self) -> tuple[list[str], list[str]]:
        """Return the IRIs of verbs and of activities, one a line."""
        return (self.verbs.data or "").split(), (self.activities.data or "").split()
