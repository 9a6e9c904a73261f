"""What certificates refuse."""

from flask_babel import lazy_gettext as _l

from academy.errors import Conflict, NotFound


class NotCompleted(Conflict):
    """A certificate needs a completed course."""

    message = _l("The course is not completed, so there is no certificate yet.")


class NoCertificates(Conflict):
    """The course is one that ends without a certificate."""

    message = _l("This course issues no certificates.")


class UnknownSerial(NotFound):
    """No certificate has this number."""

    message = _l("There is no certificate with this number.")


class AlreadyRevoked(Conflict):
    """Revoking is done once, with one reason."""

    message = _l("This certificate is revoked already.")
