"""Telling people what was decided about their place of service, once nobody can undo it by a click."""

from datetime import timedelta
from uuid import UUID

from academy import clock, jobs, mail
from academy.accounts import links, queries
from academy.accounts.models import Person

PAUSE = timedelta(minutes=2)
TOLD = "accounts.tell_decision"


def tell_later(person: Person, decision: str) -> None:
    """Queue the mail about a decision that was just made: `confirmed` or `declined`."""
    due = clock.now() + PAUSE
    jobs.add(TOLD, due=due, person=str(person.public_id), decision=decision, claim=claim_with_moments(person))


@jobs.handler(TOLD)
def tell(job: jobs.Job, *, person: str, decision: str, claim: str) -> None:
    """Mail a decision to the person; one that was undone or followed by another is not told."""
    found = queries.person_by_public_id(UUID(person))
    if found is None or not found.is_active or claim_with_moments(found) != claim:
        return
    page = "progress.learn" if decision == "confirmed" else "accounts.profile"
    mail.send(
        to=found.email,
        language=found.language,
        template=f"mail/claim-{decision}",
        person=found,
        url=links.absolute(page),
    )


def claim_with_moments(person: Person) -> str:
    """Write down a claim with the moments of its decisions, so that each decision has its own."""
    moments = (person.state_confirmed, person.organisation_confirmed, person.claim_declined)
    told = [clock.rfc3339(one) if one else "" for one in moments]
    return "|".join([person.state_code or "", str(person.organisation_id or ""), *told])
