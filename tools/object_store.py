"""An S3 server of one's own, for tests and benches: in a temporary folder, gone with who started it.

It is OpenStack Swift with its `s3api` (four processes on loopback ports), installed for tests by `setup.py`
into an environment of its own. From Python, `ObjectStore().start()`; from a terminal,
`python tools/object_store.py`, which prints the settings and runs until its input ends. A keeper process
stands between: it sees the end of its input also where its owner was killed, stops the servers and removes
the folder.
"""

import base64
import getpass
import hashlib
import hmac
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from email.utils import formatdate
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / ".setup" / "object-store" / "bin"
BUCKET, KEY, SECRET = "academy", "academy:academy", "secret-of-tests"
READY, REFUSED = "ready", "refused"
SECONDS = 30
SERVERS = ("account", "container", "object")

SWIFT = "[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = one\ndefault = yes\n"
COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
log_level = CRITICAL
log_address = {folder}/no-log
"""
SERVER = COMMON + "[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
PROXY = (
    COMMON
    + """[pipeline:main]
pipeline = catch_errors listing_formats s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_academy_academy = {secret} .admin
[filter:s3api]
use = egg:swift#s3api
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:slo]
use = egg:swift#slo
"""
)
RINGS = """
import sys
from swift.common.ring import RingBuilder
folder, *places = sys.argv[1:]
for place in places:
    name, port = place.split("=")
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "disk",
                     "replication_ip": "127.0.0.1", "replication_port": int(port), "weight": 1.0, "meta": ""})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{name}.ring.gz")
"""


class NoObjectStore(Exception):
    """The S3 server is not installed, or it does not start; the message says what to do."""


class ObjectStore:
    """A server that lives as long as this process or until `stop`; may be halted and resumed in between."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._keeper: subprocess.Popen[str] | None = None
        self.endpoint = ""

    def start(self) -> "ObjectStore":
        """Make the server and wait until it answers; raises NoObjectStore."""
        self._keeper = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that Ctrl-C reaches its owner only, who then ends its input
        )
        self.endpoint = self._answer()
        return self

    def settings(self, prefix: str) -> dict[str, object]:
        """Return the settings of an Academy that keeps its files under a prefix."""
        return settings(self.endpoint, prefix)

    def halt(self) -> None:
        """Stop answering at once; the data stay."""
        self._tell("halt")

    def resume(self) -> None:
        """Answer again after `halt`."""
        self._tell("resume")

    def stop(self) -> None:
        """Stop for good and remove the data."""
        if self._keeper is None:
            return
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.wait(SECONDS)
        self._keeper.stdout.close()
        self._keeper = None

    def _tell(self, word: str) -> None:
        assert self._keeper is not None
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(word + "\n")
        self._keeper.stdin.flush()
        self._answer()

    def _answer(self) -> str:
        assert self._keeper is not None
        assert self._keeper.stdout is not None
        word, _, rest = self._keeper.stdout.readline().strip().partition(" ")
        if word != READY:
            self.stop()
            raise NoObjectStore(rest or "the server could not be started")
        return rest


def settings(endpoint: str, prefix: str) -> dict[str, object]:
    """Return the settings of an Academy that keeps its files under a prefix."""
    return {
        "STORAGE_URL": f"s3://{BUCKET}/{prefix}",
        "STORAGE_ENDPOINT": endpoint,
        "STORAGE_ACCESS_KEY": KEY,
        "STORAGE_SECRET_KEY": SECRET,
    }


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip((*SERVERS, "proxy"), _free_ports(4), strict=True))
        self.endpoint = f"http://127.0.0.1:{self.ports['proxy']}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def make(self) -> None:
        (self.folder / "devices" / "disk").mkdir(parents=True)
        (self.folder / "swift.conf").write_text(SWIFT)
        for name, port in self.ports.items():
            text = (PROXY if name == "proxy" else SERVER).format(
                name=name, port=port, folder=self.folder, user=getpass.getuser(), secret=SECRET
            )
            (self.folder / f"{name}.conf").write_text(text)
        places = [f"{name}={self.ports[name]}" for name in SERVERS]
        made = subprocess.run(
            [PROGRAMS / "python", "-W", "ignore", "-c", RINGS, self.folder, *places],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NoObjectStore(" ".join(made.stderr.split())[-500:])

    def begin(self) -> None:
        self._start(*SERVERS)
        self.resume()
        if (status := self._call("PUT", f"/{BUCKET}")) not in {200, 409}:
            raise NoObjectStore(f"the bucket could not be made: {status}")

    def resume(self) -> None:
        self._start("proxy")
        end = time.monotonic() + SECONDS
        while self._call("GET", "/") != 200:
            if time.monotonic() > end or any(one.poll() is not None for one in self._running.values()):
                raise NoObjectStore((self.folder / "log").read_text("utf-8", "replace")[-500:])
            time.sleep(0.1)

    def halt(self) -> None:
        self._kill("proxy")

    def end(self) -> None:
        self._kill(*list(self._running))

    def _start(self, *names: str) -> None:
        for name in names:
            with (self.folder / "log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    [PROGRAMS / f"swift-{name}-server", self.folder / f"{name}.conf"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "PYTHONWARNINGS": "ignore"},
                )

    def _kill(self, *names: str) -> None:
        for name in names:
            if one := self._running.pop(name, None):
                one.kill()
                one.wait()

    def _call(self, method: str, path: str) -> int:
        """Send a request with a signature of version 2, which needs nothing but the standard library."""
        moment = formatdate(usegmt=True)
        text = f"{method}\n\n\n{moment}\n{path}".encode()
        proof = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha1).digest()).decode()
        line = http.client.HTTPConnection("127.0.0.1", self.ports["proxy"], timeout=SECONDS)
        try:
            line.request(method, path, headers={"Date": moment, "Authorization": f"AWS {KEY}:{proof}"})
            return line.getresponse().status
        except OSError:
            return 0
        finally:
            line.close()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _say(word: str, text: object = "") -> None:
    print(word, text, flush=True)


def keep() -> None:
    """Run a server until standard input ends; lines on it halt and resume the server."""
    if not (PROGRAMS / "swift-proxy-server").exists():
        raise NoObjectStore("OpenStack Swift is not installed: `python tools/setup.py --tests` does it")
    with tempfile.TemporaryDirectory(prefix="academy-objects-", ignore_cleanup_errors=True) as made:
        keeper = _Keeper(Path(made))
        try:
            keeper.make()
            keeper.begin()
            _say(READY, keeper.endpoint)
            if sys.stdin.isatty():
                for name, value in settings(keeper.endpoint, "by-hand").items():
                    print(f"export ACADEMY_{name}={value}", flush=True)
            for line in sys.stdin:
                {"halt": keeper.halt, "resume": keeper.resume}[line.strip()]()
                _say(READY)
        finally:
            keeper.end()


def main() -> None:
    """Keep a server for whoever writes to standard input."""
    try:
        keep()
    except NoObjectStore as reason:
        _say(REFUSED, reason)
        sys.exit(1)


if __name__ == "__main__":
    main()
