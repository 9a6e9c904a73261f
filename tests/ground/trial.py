"""Jobs that can be watched from another process, and shorter times; imported by processes of tests.

A trial writes a line when it begins, commits in its middle, waits for a file, and has one countable effect.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

from academy import clock, jobs, serving, waking, workers
from academy.db import commit_now

FOLDER = Path(os.environ["TRIAL_FOLDER"])
EFFECT = "trial.effect"

jobs.LEASE = timedelta(seconds=float(os.environ.get("TRIAL_LEASE", "60")))
jobs.FIRST_PAUSE = timedelta(seconds=0.01)
workers.BEAT_SECONDS = 0.3
workers.POLL_SECONDS_WITH_REDIS = float(os.environ.get("TRIAL_POLL", "0.5"))
waking.AGAIN = 0.3
serving.JOBS_END_WITHIN = serving.WORKER_GRACE = float(os.environ.get("TRIAL_GRACE", "8"))


@jobs.handler("trial")
def trial(job: jobs.Job, *, name: str) -> None:
    """Begin, commit, wait for leave to end, and take effect."""
    with (FOLDER / f"{name}.begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    job.report(0.5, "half")
    while not (FOLDER / f"{name}.go").exists():
        time.sleep(0.02)
    commit_now()
    jobs.add(EFFECT, due=clock.now() + timedelta(days=1), name=name)


def command() -> None:
    """Run `academy worker` in this process."""
    from academy.app import command_line

    command_line(["worker", "--threads", os.environ.get("TRIAL_THREADS", "1")])


if __name__ == "__main__":
    command()
