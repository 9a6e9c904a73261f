"""`make bench`: the figures that issues name, measured on servers of its own, with their references.

Names on the command line choose among them: see SMALL and LARGE below.
"""

import base64
import json
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import bench_backup
import bench_cpu
import bench_day
import bench_lrs
import bench_lrs_transfer
import bench_pages
from bench_server import LEARNER, Academy, Browser, Sco, report, times

PROJECT = Path(__file__).resolve().parent.parent
COURSE = "DEMO-C1"
YARDSTICK = "one built without profiles takes a quarter more than a distribution's, and so does all CPU below"

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="big" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Big</title>
<item identifier="i" identifierref="r"><title>Big</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"/></resources>
</manifest>"""


def bench_commit(academy: Academy) -> None:
    """Time a commit of the player: token, database and projection, durable."""
    academy.run("courses", "enrol", "--course", COURSE, "--email", LEARNER)
    sco = Sco.by_ticket(academy, COURSE)

    def commit() -> None:
        sco.commit({"cmi.core.lesson_location": str(sco.seq), "cmi.suspend_data": "x" * 2000})

    middle, late = times(commit, 250)
    report("commit round trip, p50 / p95", f"{middle:.1f} / {late:.1f} ms")


def bench_statements(academy: Academy) -> None:
    """Count statements stored per second over HTTP, singly and in batches of 100."""
    made = json.loads(
        academy.run("xapi", "credentials", "create", "--name", "bench", "--scope", "all", "--json")
    )
    secret = base64.b64encode(f"{made['key']}:{made['secret']}".encode()).decode()
    headers = {
        "Authorization": f"Basic {secret}",
        "X_Experience_API_Version": "1.0.3",
        "Content_Type": "application/json",
    }
    client = Browser(academy)
    for size, rounds, reference in (
        (1, 300, "spike 1,007/s; xapi-lrs 168/s"),
        (100, 40, "spike 12,300/s; xapi-lrs 812/s"),
    ):
        begun = time.perf_counter()
        for _ in range(rounds):
            batch = json.dumps([_statement() for _ in range(size)]).encode()
            client.fetch("POST", "/xapi/statements", batch, **headers)
        rate = size * rounds / (time.perf_counter() - begun)
        report(f"statements stored, batches of {size}, 1 client", f"{rate:,.0f} /s", reference)


def bench_certificate(academy: Academy) -> None:
    """Time the rendering of a certificate, the first and the later ones of a process."""
    script = PROJECT / "tools" / "bench_certificate.py"
    done = subprocess.run(
        [sys.executable, script], env=academy.environment, check=True, capture_output=True, text=True
    )
    cold, *warm = [float(line) for line in done.stdout.split()]
    report(
        "certificate, cold / warm",
        f"{cold:.3f} / {statistics.median(warm):.3f} s",
        "dependencies.md: 0.060 / 0.023 s",
    )


def bench_catalogue(academy: Academy) -> None:
    """Time the catalogue as a signed-in learner sees it."""
    learner = Browser(academy).sign_in(LEARNER)
    middle, late = times(lambda: learner.fetch("GET", "/courses"), 200)
    report("catalogue, 200 learners, p50 / p95", f"{middle:.1f} / {late:.1f} ms")


def bench_import(academy: Academy) -> None:
    """Import a package of 300 MB; compare its memory with that of a command that does nothing."""
    package = academy.folder / "big.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("index.html", "<!doctype html><title>Big</title>")
        for number in range(60):
            archive.writestr(f"media/video{number}.mp4", secrets.token_bytes(5_000_000))
    academy.run("courses", "create", "--code", "BIG", "--title-en", "Big", "--title-ru", "Большой", "--draft")
    idle_time, idle = academy.peak_memory("courses", "list")
    seconds, peak = academy.peak_memory("packages", "import", str(package), "--course", "BIG")
    megabytes = package.stat().st_size / 1_000_000
    report("package import, 300 MB", f"{megabytes / (seconds - idle_time):.0f} MB/s", "")
    report(
        "package import, memory above idle", f"{(peak - idle) / 1_000_000:.0f} MB", "under 150 MB (issue 2)"
    )


def _statement() -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"account": {"homePage": "http://localhost", "name": f"learner-{secrets.randbelow(200)}"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced", "display": {"en": "experienced"}},
        "object": {
            "id": f"http://localhost/activities/{secrets.randbelow(100)}",
            "definition": {"name": {"en": "A page"}},
        },
        "context": {"registration": str(uuid.uuid4()), "platform": "bench", "language": "en"},
        "timestamp": "2026-11-24T08:00:00.000Z",
    }


#: Measured on one instance with the demonstration.
SMALL: dict[str, Callable[[Academy], None]] = {
    "commit": bench_commit,
    "statements": bench_statements,
    "certificate": bench_certificate,
    "catalogue": bench_catalogue,
    "import": bench_import,
    "pages": bench_pages.measure,
}
#: Each makes instances of its own in a folder.
LARGE: dict[str, Callable[[Path], None]] = {
    "cpu": bench_cpu.main,
    "backup": bench_backup.main,
    "day": bench_day.main,
    "lrs-writes": bench_lrs.writes,
    "lrs-reads": bench_lrs.reads,
    "lrs-profile": bench_lrs.profile,
    "lrs-transfer": bench_lrs_transfer.main,
}


def main() -> None:
    """Measure what was asked for, or everything."""
    chosen = sys.argv[1:] or [*SMALL, *LARGE]
    report(f"Python {platform.python_version()}, 60,000 calls", f"{_yardstick():.1f} ms", YARDSTICK)
    folder = Path(tempfile.mkdtemp(prefix="academy-bench-"))
    try:
        small = [name for name in chosen if name in SMALL]
        if small:
            _measure(small, folder / "demo")
        for name in chosen:
            if name in LARGE:
                LARGE[name](folder / name)
    finally:
        shutil.rmtree(folder)


class _Sum:
    def __init__(self, one: int) -> None:
        self.one = one

    def plus(self, other: int) -> int:
        return self.one + other


def _yardstick() -> float:
    """Return the milliseconds that this interpreter takes for 60,000 objects made and asked."""
    taken = []
    for _ in range(20):
        begun = time.process_time()
        for number in range(60_000):
            _Sum(number).plus(1)
        taken.append(time.process_time() - begun)
    return min(taken) * 1000


def _measure(names: list[str], folder: Path) -> None:
    folder.mkdir()
    academy = Academy(folder)
    academy.run("db", "upgrade")
    academy.run("demo", "load")
    academy.start()
    try:
        for name in names:
            SMALL[name](academy)
    finally:
        academy.stop()


if __name__ == "__main__":
    main()
