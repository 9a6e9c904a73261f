"""Jobs that send statements on, one target a job, and the sweep that sees to it that there is one."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from academy import clock, jobs
from academy.db import db
from academy.xapi.forwarding import delivering, services
from academy.xapi.forwarding.models import ForwardingTarget as Target

SOON = timedelta(minutes=1)  # when the next sweep comes


@jobs.handler(services.JOB)
def forward_job(job: jobs.Job, *, target: str) -> None:
    """Send what a target lacks; twice, it sends nothing twice."""
    more = delivering.deliver(UUID(target), holder=job.public_id)
    known = db.session.scalar(sa.select(Target).where(Target.public_id == UUID(target)))
    if known is None or known.paused or known.refused is not None:
        return
    if more or known.due > clock.now():
        services.wake(known, due=known.due)


def forward() -> None:
    """Have each target served that nobody is about to serve; called every minute."""
    open_jobs = sa.select(jobs.Job.payload).where(
        jobs.Job.kind == services.JOB,
        jobs.Job.state.in_(("queued", "running")),
        jobs.Job.due <= clock.now() + SOON,
    )
    served = {payload["target"] for payload in db.session.scalars(open_jobs)}
    ready = sa.select(Target).where(
        Target.paused.is_(False), Target.refused.is_(None), Target.due <= clock.now()
    )
    for target in db.session.scalars(ready):
        if str(target.public_id) not in served:
            services.wake(target)
