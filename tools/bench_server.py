"""What the benches share: a server on an instance of its own, a browser without scripts, and the report."""

import gzip
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ACADEMY = Path(sys.executable).parent / "academy"
LEARNER, COORDINATOR, ADMINISTRATOR = (
    f"{name}@academy.example" for name in ("learner", "coordinator", "admin")
)
PASSWORD = "prague-demo-2026"
FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """An answer with a status of 400 or more."""


class Academy:
    """A fresh instance with demo data, and the server on it; `settings` go over the defaults."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = os.environ | {
            "ACADEMY_INSTANCE_PATH": str(folder / "instance"),
            "ACADEMY_BASE_URL": f"http://localhost:{self.port}",
            "ACADEMY_EMBEDDED_WORKER": "0",  # the certificates of the demo data wait; nothing else runs
            **(settings or {}),
        }
        self.host = f"localhost:{self.port}"

    def run(self, *arguments: str) -> str:
        """Run a command of the Academy and return what it prints."""
        done = subprocess.run([ACADEMY, *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"academy {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def fill(self, script: str, *arguments: str) -> None:
        """Run a script of this folder that fills the instance."""
        path = Path(__file__).with_name(script)
        subprocess.run([sys.executable, path, *arguments], env=self.environment, check=True)

    def start(self, *, workers: int = 1) -> "Academy":
        """Start the server and wait until it answers."""
        self.log = (self.folder / "server.log").open("wb")
        command = [ACADEMY, "serve", "--port", str(self.port), "--workers", str(workers)]
        self.server = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)
        for _ in range(1200):
            try:
                with Browser(self) as browser:
                    browser.fetch("GET", "/healthz")
                return self
            except (OSError, Refused):
                time.sleep(0.1)
        raise SystemExit(f"the server does not answer:\n{(self.folder / 'server.log').read_text()}")

    def stop(self) -> None:
        """Stop the server."""
        self.server.terminate()
        self.server.wait()
        self.log.close()

    def peak_memory(self, *arguments: str) -> tuple[float, int]:
        """Run a command; return its seconds and the most memory it held, in bytes."""
        begun = time.perf_counter()
        child = subprocess.Popen([ACADEMY, *arguments], env=self.environment, stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(child.pid, 0)
        if status:
            raise SystemExit(f"academy {' '.join(arguments)} failed")
        return time.perf_counter() - begun, usage.ru_maxrss * 1024

    def cpu(self) -> float:
        """Return the seconds of CPU, user and system, that the server's processes have used."""
        return sum(cpu_of(process) for process in processes(self.server.pid))

    def memory(self) -> float:
        """Return the megabytes that the server's processes hold, shared pages counted once (PSS)."""
        return sum(memory_of(process) for process in processes(self.server.pid))


class Browser:
    """One kept-open connection with the cookies of one visitor."""

    def __init__(self, academy: Academy, host: str | None = None) -> None:
        self.connection = HTTPConnection("127.0.0.1", academy.port, timeout=60)
        self.host = host or academy.host
        self.cookies: dict[str, str] = {}
        self.status, self.location = 0, ""

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def fetch(self, method: str, url: str, body: bytes | None = None, **headers: str) -> bytes:
        """Send a request and return the body of the answer; raises Refused for a status of 400 or more."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names.setdefault("Host", self.host)
        names.setdefault("Accept-Encoding", "gzip")  # as every browser does
        if self.cookies:
            names["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._ask(method, url, body, names)
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.status, self.location = answer.status, answer.headers.get("Location") or ""
        if answer.status >= 400:
            raise Refused(f"{method} {url}: {answer.status} {content[:300]!r}")
        return content

    def _ask(self, *request: Any) -> HTTPResponse:
        """Send a request; once more where the server had closed the idle connection meanwhile."""
        try:
            self.connection.request(*request)
            return self.connection.getresponse()
        except (BrokenPipeError, ConnectionResetError):  # RemoteDisconnected is one of them
            self.connection.close()
            self.connection.request(*request)
            return self.connection.getresponse()

    def post(self, url: str, **fields: str) -> bytes:
        """Send a form with the token of the page that was read last."""
        body = urlencode({**fields, "csrf_token": self.token}).encode()
        return self.fetch("POST", url, body, Content_Type=FORM)

    def read(self, url: str) -> str:
        """Fetch a page and keep the token of its form."""
        page = self.fetch("GET", url).decode()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        self.token = found[1] if found else ""
        return page

    def sign_in(self, email: str, password: str = PASSWORD) -> "Browser":
        """Sign in through the form."""
        self.read("/sign-in")
        self.post("/sign-in", email=email, password=password)
        return self


class Sco:
    """A launched part of a course, as its page in the content frame saves it."""

    def __init__(
        self,
        academy: Academy,
        address: str,
        cookies: Mapping[str, str],
        browser: Callable[..., Browser] = Browser,
    ) -> None:
        """Open the player at an address, and the page inside of it, by browsers that `browser` makes."""
        with browser(academy) as player:
            player.cookies = dict(cookies)
            page = embedded(player.fetch("GET", address))
        frame = urlsplit(str(page["page"]))
        self.browser = browser(academy, frame.netloc)
        state = embedded(self.browser.fetch("GET", frame.path))
        self.token, self.seq = str(state["token"]), int(state["seq"])
        self.session = self.seq + 1
        self.path = urlsplit(str(state["api"])).path + "/commit"

    @classmethod
    def by_ticket(cls, academy: Academy, course: str, email: str = LEARNER) -> "Sco":
        """Open a course by an address that needs no sign-in."""
        opened = json.loads(
            academy.run("courses", "launch-url", "--course", course, "--email", email, "--json")
        )
        parts = urlsplit(opened["url"])
        visitor = Browser(academy)
        visitor.fetch("GET", f"{parts.path}?{parts.query}")
        return cls(academy, visitor.location, visitor.cookies)

    def commit(self, data: Mapping[str, str], *, end: str = "", close: bool = False) -> bytes:
        """Save what changed."""
        self.seq += 1
        body: dict[str, object] = {
            "token": self.token,
            "session": self.session,
            "seq": self.seq,
            "data": data,
        }
        body |= {"end": end, "close": close} if end or close else {}
        return self.browser.fetch("POST", self.path, json.dumps(body).encode(), Content_Type="text/plain")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def report(name: str, figure: str, reference: str = "") -> None:
    """Print one line."""
    print(f"{name:<46} {figure:>26}   {reference}".rstrip(), flush=True)


def times(act: Callable[[], object], count: int) -> tuple[float, float]:
    """Return the median and the 95th percentile of an act, in milliseconds."""
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def embedded(page: bytes) -> dict[str, Any]:
    """Return the JSON that a page carries for its script."""
    found = re.search(r"<script[^>]+application/json[^>]*>(.*?)</script>", page.decode(), re.DOTALL)
    return json.loads(found[1]) if found else {}


def processes(parent: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield parent
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes(int(child))


def cpu_of(process: int) -> float:
    """Return the seconds of CPU that the threads of a process have used, to the nanosecond (Linux)."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def memory_of(process: int) -> float:
    """Return the megabytes of a process, what it shares with others divided among them."""
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
