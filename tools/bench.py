"""`make bench`: the figures that issues name, measured on a server of its own, with their references.

Names on the command line choose among: commit, statements, certificate, catalogue, import.
"""

import base64
import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
ACADEMY = Path(sys.executable).parent / "academy"
LEARNER, PASSWORD, COURSE = "learner@academy.example", "prague-demo-2026", "DEMO-C1"

MANIFEST = """<?xml version="1.0"?>
<manifest identifier="big" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Big</title>
<item identifier="i" identifierref="r"><title>Big</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"/></resources>
</manifest>"""


class Academy:
    """A server on a fresh instance with demo data."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "ACADEMY_INSTANCE_PATH": str(folder / "instance"),
            "ACADEMY_BASE_URL": f"http://localhost:{self.port}",
            "ACADEMY_EMBEDDED_WORKER": "0",  # the certificates of the demo data wait; nothing else runs
        }
        self.folder = folder
        self.run("db", "upgrade")
        self.run("demo", "load")
        self.log = (folder / "server.log").open("wb")
        self.server = subprocess.Popen(
            [ACADEMY, "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        self._wait()

    def run(self, *arguments: str) -> str:
        """Run a command of the Academy and return what it prints."""
        done = subprocess.run(
            [ACADEMY, *arguments], env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def peak_memory(self, *arguments: str) -> tuple[float, int]:
        """Run a command; return its seconds and the most memory it held, in bytes."""
        begun = time.perf_counter()
        child = subprocess.Popen([ACADEMY, *arguments], env=self.environment, stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"academy {' '.join(arguments)} failed")
        return time.perf_counter() - begun, usage.ru_maxrss * 1024

    def connect(self) -> HTTPConnection:
        """Return a connection that is kept open."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def stop(self) -> None:
        """Stop the server."""
        self.server.terminate()
        self.server.wait()
        self.log.close()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                connection = self.connect()
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit("the server does not answer")


def report(name: str, figure: str, reference: str) -> None:
    """Print one line."""
    print(f"{name:<44} {figure:>24}   {reference}", flush=True)


def times(act: Callable[[], None], count: int) -> tuple[float, float]:
    """Return the median and the 95th percentile of an act, in milliseconds."""
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def fetch(
    connection: HTTPConnection, method: str, url: str, body: bytes | None = None, **headers: str
) -> bytes:
    """Send a request over an open connection; a status of 400 or more ends the bench."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, url, body, names)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 400:
        raise SystemExit(f"{method} {url}: {answer.status} {content[:300]!r}")
    connection.cookies = answer.headers.get_all("Set-Cookie") or []  # type: ignore[attr-defined]
    connection.location = answer.headers.get("Location")  # type: ignore[attr-defined]
    return content


def embedded(page: bytes) -> dict[str, Any]:
    """Return the JSON that a page carries for its script."""
    found = re.search(r"<script[^>]+application/json[^>]*>(.*?)</script>", page.decode(), re.DOTALL)
    return json.loads(found[1]) if found else {}


def bench_commit(academy: Academy) -> None:
    """Time a commit of the player: token, database and projection, durable."""
    academy.run("courses", "enrol", "--course", COURSE, "--email", LEARNER)
    opened = json.loads(
        academy.run("courses", "launch-url", "--course", COURSE, "--email", LEARNER, "--json")
    )
    connection = academy.connect()
    parts = urlsplit(opened["url"])
    fetch(connection, "GET", f"{parts.path}?{parts.query}", Host=f"localhost:{academy.port}")
    cookie = "; ".join(one.split(";")[0] for one in connection.cookies)  # type: ignore[attr-defined]
    page = fetch(
        connection, "GET", connection.location or parts.path, Host=f"localhost:{academy.port}", Cookie=cookie
    )  # type: ignore[attr-defined]
    address = urlsplit(str(embedded(page)["page"]))
    state = embedded(fetch(connection, "GET", address.path, Host=address.netloc))
    body = {"token": state["token"], "session": state["seq"] + 1, "seq": state["seq"]}
    path = urlsplit(str(state["api"])).path + "/commit"

    def commit() -> None:
        body["seq"] += 1
        body["data"] = {"cmi.core.lesson_location": str(body["seq"]), "cmi.suspend_data": "x" * 2000}
        fetch(
            connection,
            "POST",
            path,
            json.dumps(body).encode(),
            Host=address.netloc,
            Content_Type="text/plain",
        )

    middle, late = times(commit, 250)
    report(
        "commit round trip, p50 / p95", f"{middle:.1f} / {late:.1f} ms", "Moodle: 12 ms of CPU (peers.md 6)"
    )


def bench_statements(academy: Academy) -> None:
    """Count statements stored per second over HTTP, singly and in batches of 100."""
    made = json.loads(
        academy.run("xapi", "credentials", "create", "--name", "bench", "--scope", "all", "--json")
    )
    secret = base64.b64encode(f"{made['key']}:{made['secret']}".encode()).decode()
    headers = {
        "Host": f"localhost:{academy.port}",
        "Authorization": f"Basic {secret}",
        "X_Experience_API_Version": "1.0.3",
        "Content_Type": "application/json",
    }
    connection = academy.connect()
    for size, rounds, reference in (
        (1, 300, "spike 1,007/s; xapi-lrs 168/s"),
        (100, 40, "spike 12,300/s; xapi-lrs 812/s"),
    ):
        begun = time.perf_counter()
        for _ in range(rounds):
            batch = json.dumps([_statement() for _ in range(size)]).encode()
            fetch(connection, "POST", "/xapi/statements", batch, **headers)
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
    connection = academy.connect()
    host = {"Host": f"localhost:{academy.port}"}
    page = fetch(connection, "GET", "/sign-in", **host).decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    cookie = connection.cookies[0].split(";")[0]  # type: ignore[attr-defined]
    form = urlencode({"email": LEARNER, "password": PASSWORD, "csrf_token": token.group(1) if token else ""})
    kind = "application/x-www-form-urlencoded"
    fetch(connection, "POST", "/sign-in", form.encode(), Cookie=cookie, Content_Type=kind, **host)
    cookie = connection.cookies[0].split(";")[0]  # type: ignore[attr-defined]
    middle, late = times(lambda: fetch(connection, "GET", "/courses", Cookie=cookie, **host) and None, 200)
    report(
        "catalogue, 200 learners, p50 / p95",
        f"{middle:.1f} / {late:.1f} ms",
        "Moodle: 37 ms of CPU (peers.md 6)",
    )


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


BENCHES = {
    "commit": bench_commit,
    "statements": bench_statements,
    "certificate": bench_certificate,
    "catalogue": bench_catalogue,
    "import": bench_import,
}


def main() -> None:
    """Measure what was asked for, or everything."""
    chosen = sys.argv[1:] or list(BENCHES)
    folder = Path(tempfile.mkdtemp(prefix="academy-bench-"))
    academy = Academy(folder)
    try:
        for name in chosen:
            BENCHES[name](academy)
    finally:
        academy.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
