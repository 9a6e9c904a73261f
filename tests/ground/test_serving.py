"""The production server: it answers, ends in order, and nothing of it goes on when it is killed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from flask import Flask

from academy import serving

PATIENCE = 60.0
ACADEMY = str(Path(sys.executable).with_name("academy"))


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """Return the settings of a process on the database and the folder of the test."""
    names = ("INSTANCE_PATH", "DATABASE_URL", "STORAGE_URL", "SECRET_KEY")
    return os.environ | {f"ACADEMY_{name}": str(app.config[name]) for name in names}


@pytest.fixture
def server(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment["ACADEMY_EMBEDDED_WORKER"] = "1"
    with subprocess.Popen([ACADEMY, "serve", "--port", str(port)], env=environment) as process:
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


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("how", [pytest.param(signal.SIGTERM, marks=pytest.mark.conformance), signal.SIGKILL])
def test_nothing_of_a_server_goes_on_after_its_end(
    server: subprocess.Popen[bytes], port: int, how: signal.Signals
) -> None:
    assert becomes(True, port)

    server.send_signal(how)
    server.wait(PATIENCE)
    assert becomes(False, port)


def half_a_request(port: int) -> tuple[socket.socket, bytes]:
    """Begin to send a form, and return what is left to send."""
    body = b"email=learner%40academy.example&password=" + b"x" * 2000
    head = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n"
    head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(head.encode() + body[:1000])
    return connection, body[1000:]


def answer_on(connection: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(connection)
    answer.begin()
    return answer


def everybody(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to end as systemd does by default: each of its processes at once."""
    for one in (*psutil.Process(process.pid).children(recursive=True), process):
        one.send_signal(signal.SIGTERM)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "ask", [subprocess.Popen.terminate, pytest.param(everybody, marks=pytest.mark.conformance)]
)
def test_a_server_asked_to_end_finishes_what_it_began_and_takes_nothing_new(
    server: subprocess.Popen[bytes], port: int, ask: Callable[[subprocess.Popen[bytes]], None]
) -> None:
    assert becomes(True, port)
    connection, rest = half_a_request(port)
    time.sleep(0.5)
    ask(server)
    assert becomes(False, port)
    assert server.poll() is None
    connection.sendall(rest)
    answer = answer_on(connection)
    page = answer.read().decode()
    connection.close()

    assert (answer.status, "Training Academy" in page) == (400, True)
    assert server.wait(PATIENCE) == 0


ASLEEP_IN_A_LOCK = """
import signal, threading, time
from academy import serving

def take_in_the_signal():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(60)

asked = threading.Event()
signal.signal(signal.SIGTERM, lambda number, frame: asked.set())
serving.hear_signals()
threading.Thread(target=take_in_the_signal, daemon=True).start()
asked.wait()
print("heard")
"""


@pytest.mark.only("sqlite")
def test_the_main_thread_hears_a_signal_that_another_thread_took_in() -> None:
    """Linux gives a signal to any thread; without help Python's handler waits until the main thread wakes."""
    command = [sys.executable, "-c", ASLEEP_IN_A_LOCK]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE / 3, check=False)

    assert (ended.returncode, ended.stdout) == (0, "heard\n")


@pytest.mark.conformance
@pytest.mark.only("sqlite")
def test_a_request_that_never_ends_does_not_hold_up_the_end(
    server: subprocess.Popen[bytes], port: int
) -> None:
    assert becomes(True, port)
    connection, _ = half_a_request(port)
    time.sleep(0.5)
    server.terminate()

    server.wait(PATIENCE)
    connection.close()


@pytest.mark.only("sqlite")
def test_a_proxy_may_ask_through_a_socket(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"ACADEMY_TRUSTED_PROXIES": "1", "ACADEMY_BASE_URL": "https://academy.example.org"}
    environment |= {"ACADEMY_CONTENT_ORIGIN": "https://{label}.content.example.org"}
    path = tmp_path / "academy.socket"
    listener_at(path).close()  # what a killed server leaves
    process = subprocess.Popen([ACADEMY, "serve", "--socket", str(path)], env=environment)
    try:
        end = time.monotonic() + PATIENCE
        while not listens(path) and time.monotonic() < end:
            time.sleep(0.1)
        answers = [through(path, host) for host in ("academy.example.org", "x.content.example.org")]
        mode = stat.S_IMODE(path.stat().st_mode)
    finally:
        process.terminate()
        process.wait(PATIENCE)

    (status, page), (content_status, content_page) = answers
    assert (status, "Training Academy" in page) == (200, True)
    assert (content_status, "Training Academy" in content_page) == (404, False)
    assert mode == 0o660


def listener_at(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


def through(path: Path, host: str) -> tuple[int, str]:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    connection.connect(str(path))
    head = f"GET / HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: {host}\r\n"
    connection.sendall(f"{head}X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n".encode())
    with connection:
        answer = answer_on(connection)
        return answer.status, answer.read().decode()


HASHING = """
import psutil, sys, threading
from academy.accounts import passwords
passwords.hash_of("the first one")
before, barrier = psutil.Process().memory_info().rss, threading.Barrier(8)
def hash_some():
    for _ in range(3):
        barrier.wait()
        passwords.hash_of("long enough")
threads = [threading.Thread(target=hash_some) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print((psutil.Process().memory_info().rss - before) // 1_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems than Linux have another allocator")
def test_the_memory_of_hashed_passwords_is_given_back() -> None:
    told = subprocess.check_output([sys.executable, "-c", HASHING], env=os.environ | serving.ALLOCATION)

    assert int(told) < 19  # megabytes, what one of them takes


@pytest.fixture
def two_processes(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [ACADEMY, "serve", "--port", str(port), "--workers", "2"], env=environment
    ) as process:
        yield process
        process.kill()


def who_answers(server: subprocess.Popen[bytes], port: int) -> set[psutil.Process]:
    """Ask through many connections at once; return the processes that hold one after a good answer."""
    connections = [HTTPConnection("localhost", port, timeout=PATIENCE) for _ in range(40)]
    for connection in connections:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
    children = psutil.Process(server.pid).children(recursive=True)
    found = {child for child in children if any(one.raddr for one in child.net_connections("tcp"))}
    for connection in connections:
        connection.close()
    return found


def two_answer(server: subprocess.Popen[bytes], port: int) -> set[psutil.Process]:
    end = time.monotonic() + PATIENCE
    while len(found := who_answers(server, port)) < 2:
        assert time.monotonic() < end, found
        time.sleep(0.5)
    return found


@pytest.mark.both_databases
@pytest.mark.only("postgresql")
def test_two_processes_share_the_work_and_outlive_each_other(
    two_processes: subprocess.Popen[bytes], port: int
) -> None:
    assert becomes(True, port)
    first, other = two_answer(two_processes, port)

    first.kill()
    psutil.wait_procs([first], PATIENCE)
    assert other in who_answers(two_processes, port)
    again = two_answer(two_processes, port)
    assert other in again
    assert first not in again

    two_processes.terminate()
    assert two_processes.wait(PATIENCE) == 0
    assert becomes(False, port)
    assert not psutil.wait_procs(list(again), PATIENCE)[1]


@pytest.mark.only("sqlite")
def test_sqlite_takes_one_process(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["serve", "--workers", "2"])

    assert (told.exit_code, "SQLite takes one process" in told.output) == (2, True)


def test_the_socket_of_a_server_that_answers_is_left_to_it(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "academy.socket"
    with listener_at(path):
        told = app.test_cli_runner().invoke(args=["serve", "--socket", str(path)])

        assert (told.exit_code, f"Another server answers at {path}" in told.output) == (2, True)
        assert listens(path)
