"""The page of figures that Prometheus reads: counts of this server, and what database and machine say now."""

import hmac
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from flask import Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy import event

from academy import clock, health, metrics, workers
from academy.db import db
from academy.errors import NotFound
from academy.jobs import Job
from academy.security import access

KEPT_SECONDS = 5.0

Values = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class Reading:
    """A figure that is read when somebody asks: name, meaning, labels, and a function that returns values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    read: Callable[[], Values]


def init_app(app: Flask) -> None:
    """Add the route, and what this floor itself can tell."""
    app.extensions["academy.readings"] = [
        Reading("academy_jobs", "Jobs in the table", ("kind", "state"), _jobs),
        Reading("academy_queue_age_seconds", "How long the first job has been due", (), _queue_age),
        Reading("academy_workers_alive", "Processes that run jobs", (), _workers),
    ]
    app.extensions["academy.readings.kept"] = Kept(app)
    app.add_url_rule("/metrics", "metrics", access.public(page))
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "checkout", lambda *given: metrics.CONNECTIONS.inc())
            event.listen(engine, "checkin", lambda *given: metrics.CONNECTIONS.dec())


def reading(app: Flask, name: str, meaning: str, read: Callable[[], float]) -> None:
    """Let a room tell one figure of its own; called in app.py only."""
    app.extensions["academy.readings"].append(Reading(name, meaning, (), lambda: [((), read())]))


def page() -> Response:
    """Show all figures in the text format of Prometheus, to whom the settings allow it."""
    if not _may_read():
        raise NotFound
    registry = CollectorRegistry()
    if os.environ.get(metrics.SHARED):
        _forget_the_dead(Path(os.environ[metrics.SHARED]))
        MultiProcessCollector(registry)
        text = generate_latest(registry)
    else:
        text = generate_latest(metrics.REGISTRY)
    now = CollectorRegistry()
    now.register(Now())
    return Response(text + generate_latest(now), content_type=CONTENT_TYPE_PLAIN_1_0_0)


class Now(Collector):
    """What database, disks and processes say at this moment."""

    def collect(self) -> Iterator[Metric]:
        """Return the figures; those of a database that is away are left out."""
        yield from current_app.extensions["academy.readings.kept"].families()
        free = GaugeMetricFamily("academy_disk_free_bytes", "Room on the fullest of the disks in use")
        free.add_metric((), min(_free(place) for place in health.places()))
        yield free
        yield from _processes()


class Kept:
    """Figures read from the database a moment ago, so that many readers cost as much as one."""

    def __init__(self, app: Flask) -> None:
        """Take the application, whose rooms add readings after this."""
        self._app, self._lock = app, Lock()
        self._at, self._families = float("-inf"), list[Metric]()

    def families(self) -> list[Metric]:
        """Return the figures, read anew where they are older than a few seconds."""
        with self._lock:
            if time.monotonic() - self._at > KEPT_SECONDS:
                self._families = list(self._read())
                self._at = time.monotonic()
            return self._families

    def _read(self) -> Iterator[Metric]:
        answers = GaugeMetricFamily("academy_database_up", "Whether the database answers")
        try:
            yield from [_family(one) for one in self._app.extensions["academy.readings"]]
        except sa.exc.SQLAlchemyError:
            db.session.rollback()
            answers.add_metric((), 0)
        else:
            answers.add_metric((), 1)
        yield answers


def _family(reading: Reading) -> Metric:
    family = GaugeMetricFamily(reading.name, reading.meaning, labels=reading.labels)
    for labels, value in reading.read():
        family.add_metric(labels, value)
    return family


def _jobs() -> Values:
    counted = sa.select(Job.kind, Job.state, sa.func.count()).group_by(Job.kind, Job.state)
    return [((kind, state), count) for kind, state, count in db.session.execute(counted)]


def _queue_age() -> Values:
    due = db.session.scalar(sa.select(sa.func.min(Job.due)).where(Job.state == "queued"))
    age = clock.now() - due if due else timedelta(0)
    return [((), max(0.0, age.total_seconds()))]


def _workers() -> Values:
    return [((), len(workers.alive()))]


def _free(place: Path) -> int:
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def _processes() -> Iterator[Metric]:
    """Tell memory and processor time of all processes of this server together."""
    pids = _family_of_processes()
    sizes, times = zip(*(_usage(pid) for pid in pids), strict=True)
    for name, meaning, value in (
        ("academy_processes", "Processes of this server", len(pids)),
        ("academy_memory_bytes", "Resident memory of these processes", sum(sizes)),
        ("academy_processor_seconds", "Processor time that living processes have used", sum(times)),
    ):
        family = GaugeMetricFamily(name, meaning)
        family.add_metric((), value)
        yield family


def _family_of_processes() -> list[int]:
    """Return this process, or where a server has started several, all of them."""
    if not os.environ.get(metrics.SHARED):
        return [os.getpid()]
    parent = os.getppid()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


def _usage(pid: int) -> tuple[int, float]:
    try:
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended, or this is no Linux
        return 0, 0.0
    ticks = int(facts[11]) + int(facts[12])
    return int(facts[21]) * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK")


def _forget_the_dead(folder: Path) -> None:
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))


def _may_read() -> bool:
    """Say whether address or token of a reader are those of the settings; where there are none, all may."""
    networks, token = str(current_app.config["METRICS_ALLOW"]), str(current_app.config["METRICS_TOKEN"])
    if not networks and not token:
        return True
    sent = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
        return True
    try:
        reader = ip_address(request.remote_addr or "")
    except ValueError:  # a proxy named none, or wrote its port behind it
        return False
    return any(reader in one for one in _networks(networks))


@cache
def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip()]
