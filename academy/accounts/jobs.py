"""What strangers ask for or try: whose account it concerns is looked up later, so that no answer tells."""

from academy import audit, jobs, trace
from academy.accounts import queries, records, services, throttle

RESET = "accounts.reset"
CONFIRMATION = "accounts.confirmation"
REFUSAL = "accounts.refusal"


def ask_for(kind: str, email: str, *, address: str | None) -> None:
    """Queue a mail to whoever has this address, if anybody; above the limits nothing happens."""
    if throttle.may_mail(email, address):
        jobs.add(kind, email=email)


@jobs.handler(RESET)
def send_reset(job: jobs.Job, *, email: str) -> None:
    """Mail the link that lets a person choose a new password; the address is forgotten afterwards."""
    services.send_reset(email)
    job.payload = {"email": ""}


@jobs.handler(CONFIRMATION)
def resend_confirmation(job: jobs.Job, *, email: str) -> None:
    """Mail the confirming link again; the address is forgotten afterwards."""
    services.resend_confirmation(email)
    job.payload = {"email": ""}


def note_refusal(email: str, *, address: str | None) -> None:
    """Queue the note of a refused sign-in, whoever was meant, so that nobody learns whose it was."""
    work = trace.present()
    jobs.add(REFUSAL, email=email, address=address, code=work.code if work else None)


@jobs.handler(REFUSAL)
def record_refusal(job: jobs.Job, *, email: str, address: str | None, code: str | None) -> None:
    """Put a refused sign-in on record where it was that of staff; the address is forgotten otherwise."""
    person = queries.person_by_email(email) if email else None
    if person is not None and person.grants:
        way = audit.Way("page", address, code)
        audit.record("signin.fail", target=records.person(person), way=way)
    job.payload = {"email": "", "address": None, "code": None}
