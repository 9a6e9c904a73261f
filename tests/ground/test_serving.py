"""The production server: it answers, and nothing of it goes on when it is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

PATIENCE = 60.0


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    academy = str(Path(sys.executable).with_name("academy"))
    environment = os.environ | {"ACADEMY_INSTANCE_PATH": str(tmp_path), "ACADEMY_EMBEDDED_WORKER": "1"}
    subprocess.run([academy, "db", "upgrade"], env=environment, check=True)
    with subprocess.Popen([academy, "serve", "--port", str(port)], env=environment) as process:
        yield process
        process.kill()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def becomes(wanted: bool, port: int) -> bool:
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if answers(port) == wanted:
            return True
        time.sleep(0.2)
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_a_server_goes_on_after_its_end(
    server: subprocess.Popen[bytes], port: int, how: signal.Signals
) -> None:
    assert becomes(True, port)

    server.send_signal(how)
    server.wait(PATIENCE)
    assert becomes(False, port)
