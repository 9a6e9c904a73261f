"""What a backup or a restore refuses."""

from flask_babel import lazy_gettext as _l

from academy.errors import Conflict, Invalid


class BadArchive(Invalid):
    """The file is not a whole and unchanged backup."""

    message = _l("This is not a whole backup.")


class NotEmpty(Conflict):
    """A restore would mix two Academies."""


class NotUpgraded(Conflict):
    """The database is not in the form of this version."""

    message = _l("The database is in an older form than this version. Run `academy db upgrade` first.")
