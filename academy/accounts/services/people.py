"""Accounts made by staff, places of service, passwords and profiles."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from academy import audit, clock, mail
from academy.accounts import emails, links, names, queries, records, scope, sessions, tokens
from academy.accounts.models import Organisation, Person, PersonSession, Pseudonym
from academy.accounts.services import decisions, registration
from academy.db import db
from academy.errors import Conflict, NotAllowed


@dataclass(frozen=True)
class Profile:
    """What people may change about themselves at any time."""

    name_latin: str
    name_cyrillic: str | None
    language: str
    time_zone: str


class EmailTaken(Conflict):
    """There is an account with this address."""

    message = _l("There is an account with this e-mail address already.")


def create_person(
    email: str,
    *,
    profile: Profile,
    state_code: str | None = None,
    organisation: Organisation | None = None,
    password_hash: str | None = None,
) -> Person:
    """Make an account that is active and confirmed, on the word of staff; raises EmailTaken, BadEmail.

    Nobody is told; `invite` mails a link to choose a password.
    """
    address, now = emails.normal(email), clock.now()
    if queries.person_by_email(address) is not None:
        raise EmailTaken
    registration.check_organisation(organisation, state_code=state_code)
    person = Person(email=address, pseudonym=Pseudonym(), email_confirmed=now, password_hash=password_hash)
    person.state_code, person.organisation = state_code, organisation
    person.state_confirmed = now if state_code else None
    person.organisation_confirmed = now if organisation else None
    _fill(person, profile)
    db.session.add(person)
    db.session.flush()
    audit.record("person.create", target=records.person(person), after={"state": state_code})
    return person


def invite(person: Person) -> None:
    """Mail a link, valid for a week, with which a new person chooses a password."""
    token = tokens.resetting(person, lasts=tokens.WELCOME_LASTS)
    url = links.absolute("accounts.reset_password", token=token)
    mail.send(to=person.email, language=person.language, template="mail/invitation", person=person, url=url)


def update_profile(person: Person, profile: Profile) -> None:
    """Change names, language and time zone."""
    _fill(person, profile)
    db.session.flush()


def change_service(person: Person, *, state_code: str, organisation: Organisation | None) -> None:
    """Change the place of service; what is new counts only after a new confirmation."""
    registration.check_organisation(organisation, state_code=state_code)
    if state_code != person.state_code:
        person.state_code, person.state_confirmed, person.claim_declined = state_code, None, None
    if organisation is not person.organisation:
        person.organisation, person.organisation_confirmed, person.claim_declined = organisation, None, None
    registration.confirm_by_domain(person)
    db.session.flush()


def confirm_claim(person: Person, *, viewer: Person) -> None:
    """Confirm a place of service as far as the viewer's scope reaches; raises NotAllowed outside of it.

    Who may confirm an organisation of the person's state thereby confirms the state too.
    """
    before = claim_of(person)
    unit_fits = person.organisation is not None and person.organisation.state_code == person.state_code
    if scope.sees_everybody(viewer) or person.state_code in scope.states_of(viewer):
        person.state_confirmed = person.state_confirmed or clock.now()
        if unit_fits:
            person.organisation_confirmed = person.organisation_confirmed or clock.now()
    elif unit_fits and scope.covers_organisation(viewer, person.organisation):
        person.organisation_confirmed = person.organisation_confirmed or clock.now()
        person.state_confirmed = person.state_confirmed or clock.now()
    else:
        raise NotAllowed
    person.claim_declined = None
    db.session.flush()
    audit.record("person.confirm", target=records.person(person), before=before, after=claim_of(person))
    decisions.tell_later(person, "confirmed")


def decline_claim(person: Person, *, viewer: Person) -> None:
    """Remove what a person claims and is not confirmed, as far as the viewer's scope reaches."""
    before = claim_of(person)
    of_state = scope.sees_everybody(viewer) or person.state_code in scope.states_of(viewer)
    if not of_state and not scope.covers_organisation(viewer, person.organisation):
        raise NotAllowed
    if person.organisation_confirmed is None:
        person.organisation = None
    if of_state and person.state_confirmed is None:
        person.state_code = None
    person.claim_declined = clock.now()
    db.session.flush()
    audit.record("person.decline", target=records.person(person), before=before, after=claim_of(person))
    decisions.tell_later(person, "declined")


def forget_links(person: Person) -> None:
    """Make the links of earlier mails to a person worthless."""
    tokens.use_up(person)


def send_reset(email: str) -> None:
    """Mail a link to choose a new password where the address has an account; else nothing."""
    person = queries.person_by_email(email)
    if person is None or not person.is_active:
        return
    url = links.absolute("accounts.reset_password", token=tokens.resetting(person))
    mail.send(
        to=person.email,
        language=person.language,
        template="mail/reset-password",
        person=person,
        url=url,
    )


def set_password(person: Person, password_hash: str, *, keep: PersonSession | None = None) -> None:
    """Change the password; all sessions of the person but one end, and links of earlier mails are dead."""
    person.password_hash = password_hash
    sessions.end_all(person, but=keep)
    tokens.use_up(person)
    db.session.flush()


def _fill(person: Person, profile: Profile) -> None:
    person.name_latin = names.latin(profile.name_latin)
    person.name_cyrillic = names.cyrillic(profile.name_cyrillic)
    person.language, person.time_zone = profile.language, profile.time_zone


def claim_of(person: Person) -> dict[str, object]:
    """Return where a person says to serve, and what of it is confirmed, as the audit record keeps it."""
    return {
        "state": person.state_code,
        "state_confirmed": person.state_confirmed is not None,
        "organisation": str(person.organisation.public_id) if person.organisation else None,
        "organisation_confirmed": person.organisation_confirmed is not None,
    }
