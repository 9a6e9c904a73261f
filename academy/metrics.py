"""Figures of this process for Prometheus, counted where things happen; no person and no address is a label.

Where a server has several processes, `serve` names a folder in PROMETHEUS_MULTIPROC_DIR in which they keep
their figures together, so that whichever process is asked tells the sum.
"""

import os
import shutil
from collections.abc import Mapping, Sized
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()

SHARED = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REGISTRY = CollectorRegistry()


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"academy_{name}", meaning, labels, registry=REGISTRY)


REQUESTS = _counter("requests", "Requests answered", "route", "method", "status")
REQUEST_SECONDS = Histogram(
    "academy_request_seconds", "Time to an answer", ["route"], buckets=SECONDS, registry=REGISTRY
)
LRS_CALLS = _counter("lrs_calls", "Calls of the record store over HTTP", "status")
COMMITS = _counter("commits", "Commits of content answered", "status")
STATEMENTS = _counter("statements_stored", "Statements stored")
JOBS_RUN = _counter("jobs_run", "Jobs run by the server's own workers", "kind", "outcome")
JOB_SECONDS = _counter("job_seconds", "Time spent on jobs by the server's own workers", "kind")
CONNECTIONS = Gauge(
    "academy_database_connections_in_use",
    "Connections to the database that requests and jobs hold",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


def new_folder(config: Mapping[str, object]) -> Path:
    """Make the folder in which the processes of a server that begins now keep their figures together.

    Those of servers that have ended are removed.
    """
    above = Path(str(config["INSTANCE_PATH"])) / "figures"
    for old in above.glob("[0-9]*"):
        if old.name == str(os.getpid()) or not Path(f"/proc/{old.name}").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = above / str(os.getpid())
    folder.mkdir(parents=True)
    return folder


def request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered; `route` is the name of an endpoint, never an address."""
    requests, time = _of_route(route, method if method in METHODS else "other", f"{status // 100}xx")
    requests.inc()
    time.observe(seconds)
    if route.startswith("xapi."):
        LRS_CALLS.labels(f"{status // 100}xx").inc()
    elif route == "content.commit":
        COMMITS.labels(f"{status // 100}xx").inc()


def count_statements(connection: object, *, stored: Sized) -> None:
    """Count statements that were stored; a listener to the store's signal."""
    STATEMENTS.inc(len(stored))


def job(kind: str, outcome: str, seconds: float) -> None:
    """Count a job that was run."""
    JOBS_RUN.labels(kind, outcome).inc()
    JOB_SECONDS.labels(kind).inc(seconds)


@cache
def _of_route(route: str, method: str, status: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(route, method, status), REQUEST_SECONDS.labels(route)
