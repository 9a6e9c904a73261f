"""Jobs of progress."""

from uuid import UUID

from academy import jobs
from academy.db import db
from academy.progress import services


@jobs.handler("progress.rebuild")
def mend_job(job: jobs.Job, *, registration: str) -> None:
    """Mend the projection of a registration; done twice, it changes nothing."""
    services.mend(db.session.connection(), UUID(registration))
