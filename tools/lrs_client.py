"""A client of any learning record store that costs little CPU itself, and several of them at once."""

import base64
import os
import socket
import statistics
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Lrs:
    """Where a store is and how to get in."""

    name: str
    endpoint: str
    key: str
    secret: str

    @classmethod
    def of_environment(cls) -> "Lrs | None":
        """Return the store that LRS_ENDPOINT, LRS_KEY and LRS_SECRET name, None where they do not."""
        endpoint = os.environ.get("LRS_ENDPOINT")
        if not endpoint:
            return None
        key, secret = os.environ.get("LRS_KEY", ""), os.environ.get("LRS_SECRET", "")
        return cls(os.environ.get("LRS_NAME", "the other store"), endpoint.rstrip("/"), key, secret)

    def request(
        self, method: str, query: str = "", body: bytes | None = None, *, resource: str = "statements"
    ) -> bytes:
        """Return a whole request to a resource, as bytes."""
        parts = urlsplit(self.endpoint)
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        lines = [
            f"{method} {parts.path}/{resource}{query} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Authorization: Basic {token}",
            "X-Experience-API-Version: 1.0.3",
            "Accept: application/json",
        ]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + HEAD_END + (body or b"")


class Wire:
    """One kept-open connection to a store."""

    def __init__(self, lrs: Lrs) -> None:
        """Connect."""
        parts = urlsplit(lrs.endpoint)
        self.socket = socket.create_connection((parts.hostname or "localhost", parts.port or 80), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of the answer; raises RuntimeError for a status from 400 on."""
        self.socket.sendall(request)
        head = self._until(HEAD_END).lower()
        status = int(head.split(b" ", 2)[1])
        if b"\r\ntransfer-encoding: chunked" in head:
            body = self._chunked()
        else:
            length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            body = self._exactly(int(length)) if length else b""
        if status >= 400:
            raise RuntimeError(f"{request[:200]!r}: {status} {body[:300]!r}")
        return body

    def close(self) -> None:
        """Disconnect."""
        self.socket.close()

    def _until(self, end: bytes) -> bytes:
        while end not in self.rest:
            self._receive()
        found, _, self.rest = self.rest.partition(end)
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self.rest) < length:
            self._receive()
        found, self.rest = self.rest[:length], self.rest[length:]
        return found

    def _chunked(self) -> bytes:
        body = b""
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            body += self._exactly(size + 2)[:-2]
        self._exactly(2)
        return body

    def _receive(self) -> None:
        received = self.socket.recv(1 << 18)
        if not received:
            raise RuntimeError("the store closed the connection")
        self.rest += received


@dataclass(frozen=True)
class Taken:
    """How long some requests took, each in milliseconds, and all together in seconds."""

    each: list[float]
    seconds: float

    def rate(self, size: int = 1) -> float:
        """Return how many things a second, `size` in each request."""
        return len(self.each) * size / self.seconds

    @property
    def middle(self) -> float:
        """Return the median."""
        return statistics.median(self.each)

    @property
    def late(self) -> float:
        """Return the 95th percentile."""
        return statistics.quantiles(self.each, n=20)[18]


def sent(lrs: Lrs, requests: Sequence[bytes], *, clients: int = 1) -> Taken:
    """Send requests by so many clients at once, each waiting for its answers."""
    waiting, each = iter(requests), list[float]()
    faults: list[Exception] = []

    def client(wire: Wire) -> None:
        try:
            each.extend(_turns(wire, waiting))
        except Exception as fault:  # noqa: BLE001 -- told below
            faults.append(fault)
        finally:
            wire.close()

    wires = [Wire(lrs) for _ in range(clients)]
    threads = [threading.Thread(target=client, args=(wire,)) for wire in wires]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if faults:
        raise SystemExit(f"{lrs.name}: {faults[0]}")
    return Taken(each, seconds)


def _turns(wire: Wire, waiting: Iterable[bytes]) -> Iterable[float]:
    for request in waiting:
        begun = time.perf_counter()
        wire.ask(request)
        yield (time.perf_counter() - begun) * 1000
