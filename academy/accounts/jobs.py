"""Mail that strangers may ask for: who has an account is looked up later, so that no answer takes longer."""

from academy import jobs
from academy.accounts import services, throttle

RESET = "accounts.reset"
CONFIRMATION = "accounts.confirmation"


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
