"""Certificates are issued by a job, which the completion of a course asks for."""

from uuid import UUID

import sqlalchemy as sa

from academy import jobs
from academy.certificates import queries, services
from academy.certificates.errors import NoCertificates, NotCompleted
from academy.certificates.facts import Facts
from academy.db import commit_now
from academy.progress.projection import CourseCompletion


def issue_later(sender: sa.Connection, *, completion: CourseCompletion) -> None:
    """Ask for a certificate, in the transaction that completes the course."""
    jobs.add_on(sender, "certificates.issue", registration=str(completion.registration))


@jobs.handler("certificates.issue")
def issue_job(job: jobs.Job, *, registration: str) -> None:
    """Issue a certificate once, however often the job begins: number and facts are kept with the job.

    Where the completion was taken back in the meantime, or the course issues none, there is nothing to do.
    """
    wanted = UUID(registration)
    if queries.of_registration(wanted) is not None:
        return
    if job.result is None:
        try:
            job.result = services.prepare(wanted).as_json()
        except (NotCompleted, NoCertificates):
            return
    facts = Facts.read(job.result)
    commit_now()
    try:
        certificate = services.enter(wanted, facts, digest=services.draw(facts))
    except NotCompleted:  # erased, or taken back, while the document was drawn
        services.discard(facts)
        return
    if certificate.serial == facts.serial:
        services.tell(certificate)
