"""A simulated day: 2,000 learners, 50 of them at once, on SQLite with one process and on PostgreSQL with two.

Life goes ten times faster than it does: whoever is there asks for something every second, and content saves
every second instead of every ten. PostgreSQL and Redis are servers of their own; there certificates are made
by `academy worker`. An answer with a status of 400 or more, a commit that is not acknowledged, and a form
that is not taken are errors, and one error fails the bench.
"""

import base64
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench_crowd import SPEED, Crowd, Tally
from bench_server import ACADEMY, Academy, Browser, cpu_of, free_port, memory_of, processes, report
from postgres import NoPostgres, Postgres

from academy import clock
from academy.certificates import numbering

PEOPLE, AT_ONCE, SECONDS = 2000, 50, 75.0
CERTIFICATES = 1000  # which the data hold at least
JOBS_DONE_WITHIN = 180
SHOWN = 10

#: What a peer's p50 / p95 was with 16 clients (peers.md 6).
PEERS = {
    "sign-in page": "Moodle 79 / 106",
    "my learning": "Moodle 496 / 851",
    "catalogue": "Moodle 311 / 473",
    "course page": "Moodle 440 / 613",
    "SCORM commit": "Moodle 105 / 126; Kolibri p95 1,500",
    "report page": "Moodle 769 / 903",
    "report, CSV": "Moodle 11,100 / 13,600",
}


@dataclass
class Figures:
    """What a day took: seconds, CPU of the generator and of the Academy, memory before and after."""

    seconds: float
    own: float
    server: float
    fresh: float
    after: float


class Day(Academy):
    """An installation: a server, perhaps workers, perhaps a PostgreSQL beside it."""

    def __init__(self, folder: Path, settings: dict[str, str], *, workers: int) -> None:
        super().__init__(folder, {"ACADEMY_EMBEDDED_WORKER": "1", "ACADEMY_TRUSTED_PROXIES": "1"} | settings)
        self.workers, self.others = workers, list[subprocess.Popen[bytes]]()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Fill it where it is empty, and run everything."""
        if not (self.folder / "instance" / "demo-loaded").exists():
            self.fill("bench_data.py", str(PEOPLE))
        if "ACADEMY_JOBS_URL" in self.environment:
            with (self.folder / "worker.log").open("wb") as log:
                command = [ACADEMY, "worker"]
                self.others.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))
        try:
            self.start(workers=self.workers)
            try:
                yield
            finally:
                self.stop()
        finally:
            for process in self.others:
                process.terminate()
                process.wait()

    def cpu(self) -> float:
        """Return the seconds of CPU that server and workers have used."""
        return super().cpu() + sum(cpu_of(one) for other in self.others for one in processes(other.pid))

    def memory(self) -> float:
        """Return the megabytes that server and workers hold."""
        return super().memory() + sum(memory_of(one) for other in self.others for one in processes(other.pid))

    def slow_statements(self) -> int:
        """Return how many statements of the database took longer than the log lets pass."""
        return (self.folder / "server.log").read_text().count("slow statement")


def main(folder: Path) -> None:
    """Spend the day on both databases and print the figures; ends with status 1 where there were errors."""
    folder.mkdir(exist_ok=True)
    tallies = [on_sqlite(folder / "sqlite")]
    try:
        tallies.append(on_postgres(folder / "postgresql"))
    except NoPostgres as reason:
        print(f"day on PostgreSQL: not measured, {reason}")
    errors = [error for tally in tallies for error in tally.errors]
    if errors:
        sys.exit(f"{len(errors)} errors in the simulated day")


def on_sqlite(folder: Path) -> Tally:
    """Spend the day with the embedded database, one process and its own worker."""
    folder.mkdir(exist_ok=True)
    return spend("SQLite, 1 process", Day(folder, {}, workers=1))


def on_postgres(folder: Path) -> Tally:
    """Spend the day with PostgreSQL, two processes, a worker and Redis."""
    shutil.rmtree(folder, ignore_errors=True)  # the database of an earlier run has ended with it
    folder.mkdir()
    database = Postgres(durable=True).start()
    try:
        with redis(folder) as address:
            settings = {"ACADEMY_DATABASE_URL": database.url(), "ACADEMY_JOBS_URL": address}
            day = Day(folder, settings, workers=2)
            return spend("PostgreSQL, 2 processes, worker", day, beside=database)
    finally:
        database.stop()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis that keeps nothing, and yield its address."""
    program = shutil.which("redis-server")
    if program is None:
        sys.exit("there is no redis-server on this machine: `make setup-tests` installs it")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def spend(name: str, day: Day, *, beside: Postgres | None = None) -> Tally:
    """Let the crowd come, and print what it met."""
    with day.serving():
        crowd = Crowd(day, _learners(day), _credential(day), _serials())
        _wait_for_jobs(day)
        fresh, begun, own, server = day.memory(), time.perf_counter(), time.process_time(), day.cpu()
        crowd.spend(AT_ONCE, SECONDS)
        seconds = time.perf_counter() - begun
        own, server = time.process_time() - own, day.cpu() - server
        figures = Figures(seconds, own, server, fresh, day.memory())
        held = _memory_of_postgres(beside) if beside else 0
        waited = _wait_for_jobs(day)
        _print(name, crowd.tally, figures)
        if beside:
            report("  memory of PostgreSQL beside them", f"{held:.0f} MB" if held else "not readable")
        report("  jobs done after the last request", f"{waited:.0f} s", "")
        report("  slow statements in the log", str(day.slow_statements()), "")
    return crowd.tally


def _print(name: str, tally: Tally, figures: Figures) -> None:
    count = sum(map(len, tally.taken.values()))
    report(
        f"day on {name}: {AT_ONCE} learners at once",
        f"{count / figures.seconds:.0f} requests/s",
        f"{count:,} in {figures.seconds:.0f} s, {SPEED} times as fast as life",
    )
    for kind, taken in sorted(tally.taken.items(), key=lambda item: -len(item[1])):
        middle, late = statistics.median(taken), _late(taken)
        reference = PEERS.get(kind, "")
        report(f"  {kind}, {len(taken):,}", f"{middle:.0f} / {late:.0f} ms", reference)
    report("  errors", str(len(tally.errors)), "none allowed")
    for error in tally.errors[:SHOWN]:
        print(f"    {error}")
    report("  memory of server and workers, fresh / after", f"{figures.fresh:.0f} / {figures.after:.0f} MB")
    shares = f"{figures.server / figures.seconds:.0%} / {figures.own / figures.seconds:.0%} of a core"
    report("  CPU of server and workers / of the generator", shares)


def _late(taken: list[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.95))]


def _learners(day: Day) -> list[str]:
    people = json.loads(day.run("users", "list", "--json"))
    return [one["email"] for one in people if one["roles"] == ["learner"]]


def _credential(day: Day) -> str:
    made = json.loads(day.run("xapi", "credentials", "create", "--name", "quiz", "--scope", "all", "--json"))
    return base64.b64encode(f"{made['key']}:{made['secret']}".encode()).decode()


def _serials() -> list[str]:
    return [numbering.written(clock.now().year, number) for number in range(1, CERTIFICATES)]


def _wait_for_jobs(day: Day) -> float:
    """Wait until no job is due; return the seconds. The server reads the figure every few seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < JOBS_DONE_WITHIN:
        with Browser(day) as browser:
            figures = browser.fetch("GET", "/metrics").decode()
        age = re.search(r"^academy_queue_age_seconds (\S+)", figures, re.MULTILINE)
        if age and float(age[1]) < 1:
            return time.monotonic() - begun
        time.sleep(1)
    raise SystemExit(f"jobs are not done after {JOBS_DONE_WITHIN} s")


def _memory_of_postgres(database: Postgres) -> float:
    """Return the megabytes, or nothing where it runs as a user whose processes may not be looked at."""
    process = int((database.folder / "data" / "postmaster.pid").read_text().split()[0])
    for _ in range(20):
        try:
            return sum(memory_of(one) for one in processes(process))
        except PermissionError:
            return 0
        except FileNotFoundError:  # a connection ended meanwhile
            continue
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="academy-bench-") as scratch:
            main(Path(scratch))
