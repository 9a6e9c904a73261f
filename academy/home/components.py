"""The page of components: every macro in every state, for those who build pages and those who judge them."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from academy import charts
from academy.accounts.forms.fields import options
from academy.courses.queries import catalogue
from academy.courses.views.catalogue import cover_url
from academy.statuses import LOOKS
from academy.templating import asset

GROUPS = {
    "acts": _l("Buttons and links"),
    "fields": _l("Fields and choices"),
    "files": _l("Files"),
    "messages": _l("Messages"),
    "marks": _l("Badges, chips and tags"),
    "ways": _l("Ways through pages"),
    "amounts": _l("Progress and figures"),
    "lists": _l("Lists and cards"),
    "tables": _l("Tables"),
    "player": _l("Player"),
}
COLOURS = (
    "paper",
    "surface",
    "sunken",
    "brand",
    "brand-deep",
    "action",
    "accent",
    "ok",
    "warn",
    "bad",
    "idle",
)
QUANTITIES = ("q0", "q1", "q2", "q3", "q4", "q5")


class SampleForm(FlaskForm):
    """A field of each kind, one of them wrong."""

    plain = StringField(_l("Certificate number"), description=_l("Printed at the top right"))
    wrong = StringField(_l("Deadline"), default="31.11.2026")
    long = StringField(
        _l("Name and surname in Cyrillic letters, as they stand in the passport or service card")
    )
    chosen = SelectField(_l("Level"), choices=options([("1", _l("Introductory")), ("2", _l("Advanced"))]))
    text = TextAreaField(_l("Reason"), description=_l("The person reads this sentence."))
    one = RadioField(
        _l("People in progress"),
        choices=options([("keep", _l("Keep on version 2")), ("move", _l("Move to version 3"))]),
        default="keep",
    )
    several = SelectMultipleField(
        _l("Languages"), choices=options([("en", _l("English")), ("ru", _l("Russian"))]), default=["en"]
    )
    title_en = StringField(_l("Title"), default="Readmission in Practice")
    title_ru = StringField(_l("Title"))
    agree = BooleanField(_l("I have read it"))

    def __init__(self) -> None:
        """Begin with one field refused, in words that say how to mend it."""
        super().__init__()
        self.wrong.errors = [_("November has 30 days. Write the day as 30.11.2026.")]


@dataclass(frozen=True)
class SampleRow:
    """A row of the sample table."""

    name: str
    place: str
    status: str
    score: float | None
    minutes: int
    selected: bool = False


@dataclass(frozen=True)
class SampleDay:
    """A bar of the plot."""

    day: date
    count: int


def samples() -> dict[str, object]:
    """Return what the page of components shows."""
    here = url_for("home.components")
    counts = (0, 3, 120, 340, 410, 388, 290, 12, 0, 260, 405, 377, 512, 96)
    return {
        "days": [SampleDay(date(2026, 11, 11) + timedelta(place), one) for place, one in enumerate(counts)],
        "chart": charts.bars(counts),
        "groups": GROUPS,
        "form": SampleForm(),
        "statuses": LOOKS,
        "colours": COLOURS,
        "quantities": QUANTITIES,
        "here": here,
        "cover": _cover(),
        "people": [
            SampleRow(_("Andrei Balan"), _("Border Police"), "completed", 0.85, 312, selected=True),
            SampleRow(_("Aliona Grosu"), _("Bureau for Migration and Asylum"), "overdue", None, 100),
            SampleRow(_("Dumitru Mocanu"), _("Border Police"), "failed", 0.55, 243),
        ],
    }


def _cover() -> str:
    """Return the cover of some course, or paving of ours where there is none yet."""
    found = catalogue.catalogue(catalogue.Filters()).entries
    return cover_url(found[0].course) if found else asset("img/mosaic-hero.svg")
