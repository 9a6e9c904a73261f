"""The processes of an installation: the web server, and workers beside it."""

import ctypes
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from academy import logs, metrics, server_log
from academy.workers import THREADS, Crew

log = logging.getLogger(__name__)

PARENT = "ACADEMY_PARENT_PROCESS"
PR_SET_PDEATHSIG = 1

#: A signal that nothing else uses and that does nothing, which only interrupts the main thread's sleep.
NUDGE = signal.SIGURG

#: Seconds until a process that was asked to end is killed: requests under way first, then jobs.
SERVER_ENDS_WITHIN = 30
JOBS_END_WITHIN = 8.0
WORKER_GRACE = 20.0
AGAIN = 1.0

#: For glibc, which else keeps the 19 MB of every hashed password for each of up to 8 arenas per core: a busy
#: server grew to 550 MB, with these to 220. Each sign-in costs 13 ms of CPU more, for fresh pages of memory.
#: Where the operator has set them, they stay.
ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": str(1024 * 1024), "MALLOC_ARENA_MAX": "4"}


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=5000, show_default=True, help="Port to listen on.")
@click.option(
    "--socket", "path", type=click.Path(), help="Unix socket for a proxy on this machine, instead of a port."
)
@click.option("--socket-mode", default="660", show_default=True, help="Who may open the socket, in octal.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@with_appcontext
def serve(host: str, port: int, path: str | None, socket_mode: str, workers: int) -> None:
    """Serve the Academy with granian, in this process.

    SQLite takes one process. SIGTERM ends requests and jobs under way within half a minute.
    """
    if workers > 1 and str(current_app.config["DATABASE_URL"]).startswith("sqlite"):
        raise click.UsageError("SQLite takes one process; more need ACADEMY_DATABASE_URL of PostgreSQL.")
    if not os.environ.get("ACADEMY_CONFIG"):
        os.environ.setdefault("ACADEMY_BASE_URL", f"http://localhost:{port}")
    place: tuple[str, ...] = ("--host", host, "--port", str(port))
    if path:
        clear(Path(path))
        place = ("--uds", path, "--uds-permissions", f"0o{socket_mode}")
    os.environ[PARENT] = str(os.getpid())  # which exec keeps
    os.environ.update({**ALLOCATION, **os.environ})
    if workers > 1:
        os.environ[metrics.SHARED] = str(metrics.new_folder(current_app.config))
    if logs.as_json(current_app.config, sys.stderr):
        place = (*place, "--log-config", str(server_log.CONFIGURATION))
    os.execv(sys.executable, [sys.executable, "-m", "granian", *arguments(*place, workers=workers)])  # noqa: S606


def clear(path: Path) -> None:
    """Remove the socket that a killed server left, at which no other can listen; raises where one answers."""
    if not path.exists() or not stat.S_ISSOCK(path.stat().st_mode):
        return
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise click.UsageError(f"Another server answers at {path}.")


def arguments(*place: str, workers: int = 1, application: str = "academy.wsgi:app") -> list[str]:
    """Return what granian is told."""
    return [
        *("--interface", "wsgi", *place, "--workers", str(workers), "--respawn-failed-workers"),
        *("--blocking-threads", "64", "--backlog", "1024", "--no-ws"),
        *("--workers-kill-timeout", str(SERVER_ENDS_WITHIN)),
        application,
    ]


@click.command("worker")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option(
    "--threads", type=click.IntRange(1), default=THREADS, show_default=True, help="Jobs at a time, each."
)
@with_appcontext
def worker(processes: int, threads: int) -> None:
    """Run jobs, beside a server or elsewhere.

    Set ACADEMY_JOBS_URL for the server and for workers; then the server runs no jobs, and wakes workers
    through Redis. SIGTERM lets jobs under way end within 20 seconds and gives the others back.
    """
    if processes > 1:
        oversee(processes, threads)
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    logs.set_up(app.config)
    end_with_parent()
    asked = asked_to_end()
    crew = Crew(app, threads=threads, place="process")
    crew.start()
    click.echo(f"worker {crew.id} runs up to {threads} jobs at a time", err=True)
    asked.wait()
    crew.stop(WORKER_GRACE)


def oversee(processes: int, threads: int) -> None:
    """Run several workers as children, start one again that dies, and pass on the wish to end."""
    command = [sys.executable, "-m", "academy", "worker", "--threads", str(threads)]
    environment = os.environ | {PARENT: str(os.getpid())}
    asked = asked_to_end()
    children: list[subprocess.Popen[bytes]] = []
    while not asked.is_set():
        children = [child for child in children if child.poll() is None]
        for _ in range(processes - len(children)):
            children.append(subprocess.Popen(command, env=environment))  # noqa: S603 -- our own command
        asked.wait(AGAIN)
    for child in children:
        child.terminate()
    end = time.monotonic() + SERVER_ENDS_WITHIN
    for child in children:
        try:
            child.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("worker process %s did not end, it is killed", child.pid)
            child.kill()


def asked_to_end() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: asked.set())
    return asked


def hear_signals() -> None:
    """Have the main thread act on a signal that another thread took in; to be called in the main thread.

    Python runs handlers in the main thread alone, and granian's sleeps there in a lock. On a busy machine
    the wish to end was lost so: the server went on to answer until it was killed, with what was under way.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    signal.signal(NUDGE, lambda number, frame: None)
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    threading.Thread(
        target=_wake_main_thread, args=(heard, told), name="academy-signals", daemon=True
    ).start()


def _wake_main_thread(heard: socket.socket, told: socket.socket) -> None:
    main = threading.main_thread().ident
    while (number := heard.recv(1)) and main is not None:
        if number[0] != NUDGE:
            signal.pthread_kill(main, NUDGE)


def end_with_parent() -> None:
    """Have this process killed with the server or overseer that started it; it would go on alone."""
    if sys.platform == "linux" and os.environ.get(PARENT) == str(os.getppid()):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


groups: tuple[click.Command, ...] = (serve, worker)
