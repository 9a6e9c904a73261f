"""What certificates adds to pages of other rooms."""

from flask import current_app, render_template

from academy.accounts.models import Person
from academy.certificates import queries, services
from academy.courses.models import Enrolment


def mine(*, person: Person, **context: object) -> str:
    """List a person's certificates beside their courses."""
    template = current_app.jinja_env.get_template(
        "certificates/mine.html"
    )  # it needs nothing of a whole page
    return template.render(certificates=queries.listed_of(person))


def of_course(*, enrolment: Enrolment, is_completed: bool, **context: object) -> str:
    """Show the certificate of a seat, or that it is being made."""
    certificate = queries.shown_of(enrolment.registration)
    coming = certificate is None and is_completed and services.issues_certificates(enrolment.course)
    if certificate is None and not coming:
        return ""
    return render_template("certificates/of-course.html", certificate=certificate, coming=coming)


def serial(*, enrolment: Enrolment, **context: object) -> str:
    """Return the serial of a seat's certificate, for commands; empty where there is none."""
    certificate = queries.of_registration(enrolment.registration)
    return certificate.serial if certificate else ""
