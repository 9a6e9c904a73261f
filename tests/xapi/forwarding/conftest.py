"""A record store of one's own to send to, which answers what a test tells it to."""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest


class OtherStore:
    """What came in, and what is answered: by the ids in a request, else 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.refuses: dict[str, int] = {}
        self.status = 200
        self.kept: list[str] = []
        self.port = 0

    @property
    def endpoint(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}/xapi"

    def receive(self, headers: dict[str, str], body: bytes) -> int:
        """Keep all statements of a request, or none."""
        self.requests.append((headers, body))
        text = body
        if headers["Content-Type"].startswith("multipart/mixed"):
            boundary = headers["Content-Type"].partition("boundary=")[2].encode()
            first, *others = body.split(b"\r\n--" + boundary)[:-1]
            text = first.partition(b"\r\n\r\n")[2]
            for part in others:
                head, _, data = part.partition(b"\r\n\r\n")
                assert hashlib.sha256(data).hexdigest().encode() in head
        ids = [statement["id"] for statement in json.loads(text)]
        refusals = [self.refuses[one] for one in ids if one in self.refuses]
        status = refusals[0] if refusals else self.status
        if status == 200:
            self.kept += ids
        return status


@pytest.fixture
def other() -> Iterator[OtherStore]:
    """Start the other store."""
    store = OtherStore()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/xapi/statements"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(store.receive(dict(self.headers.items()), body))
            self.end_headers()
            self.wfile.write(b"said so")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    store.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield store
    server.shutdown()
    server.server_close()
    thread.join()
