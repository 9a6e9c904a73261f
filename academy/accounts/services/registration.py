"""Registration of people by themselves, and the confirmation of their address."""

from dataclasses import dataclass

from academy import clock, mail
from academy.accounts import emails, links, names, queries, throttle, tokens
from academy.accounts.models import Organisation, Person, Pseudonym
from academy.accounts.privacy import PRIVACY_VERSION
from academy.db import db, found_or_made
from academy.errors import Invalid


@dataclass(frozen=True)
class Application:
    """What a person enters at registration; the privacy notice of today was accepted."""

    email: str
    name_latin: str
    name_cyrillic: str | None
    state_code: str
    organisation: Organisation | None
    language: str
    time_zone: str


def register(application: Application, *, password_hash: str, address: str | None) -> None:
    """Write down a registration and mail the link that confirms it; the answer never tells who is known.

    An address that has an account gets a mail that says so, and nothing changes. A registration that was
    never confirmed is replaced, and its earlier link dies.
    """
    person = queries.person_by_email(application.email)
    if person is not None and person.email_confirmed is not None:
        forgot_url = links.absolute("accounts.forgot_password")
        if throttle.may_mail(person.email, address):
            _mail(person, "mail/existing-account", url=forgot_url)
        return
    if person is None:
        person = _new(application)
    _fill(person, application)
    person.password_hash = password_hash
    person.privacy_version, person.privacy_accepted = PRIVACY_VERSION, clock.now()
    person.created = clock.now()  # from now on the days count after which it is forgotten
    db.session.flush()
    if throttle.may_mail(person.email, address):
        _mail_confirmation(person)


def resend_confirmation(email: str) -> None:
    """Mail the confirming link again where a registration waits for it; else nothing."""
    person = queries.person_by_email(email)
    if person is not None and person.email_confirmed is None and person.password_hash:
        _mail_confirmation(person)


def confirm(person: Person) -> None:
    """Confirm the address of a person, and the place of service where the mail domain vouches for it."""
    person.email_confirmed = clock.now()
    tokens.use_up(person)
    confirm_by_domain(person)
    db.session.flush()
    mail.send(
        to=person.email,
        language=person.language,
        template="mail/welcome",
        person=person,
        url=links.absolute("courses.catalogue"),
    )


def confirm_by_domain(person: Person) -> None:
    """Confirm state and organisation where the person's mail domain is that of the organisation's.

    The person must have named that state; the organisation is filled in where none was named.
    """
    owner = queries.organisation_of_domain(emails.domain(person.email))
    if owner is None or owner.state_code is None or owner.state_code != person.state_code:
        return
    person.state_confirmed = person.state_confirmed or clock.now()
    claimed = person.organisation
    if claimed is None:
        person.organisation = claimed = owner
    if claimed.path.startswith(owner.path):
        person.organisation_confirmed = person.organisation_confirmed or clock.now()


def check_organisation(organisation: Organisation | None, *, state_code: str | None) -> None:
    """Refuse an organisation of another state; raises Invalid."""
    if organisation is not None and organisation.state_code != state_code:
        raise Invalid


def _new(application: Application) -> Person:
    """Make the account; who sends the form twice at once gets the same one twice."""

    def made() -> Person:
        person = Person(email=emails.normal(application.email), pseudonym=Pseudonym())
        _fill(person, application)
        return person

    return found_or_made(lambda: queries.person_by_email(application.email), made)


def _fill(person: Person, application: Application) -> None:
    check_organisation(application.organisation, state_code=application.state_code)
    person.name_latin = names.latin(application.name_latin)
    person.name_cyrillic = names.cyrillic(application.name_cyrillic)
    person.state_code, person.organisation = application.state_code, application.organisation
    person.language, person.time_zone = application.language, application.time_zone


def _mail_confirmation(person: Person) -> None:
    url = links.absolute("accounts.confirm", token=tokens.confirming(person))
    _mail(person, "mail/confirm", url=url)


def _mail(person: Person, template: str, **context: object) -> None:
    mail.send(to=person.email, language=person.language, template=template, person=person, **context)
