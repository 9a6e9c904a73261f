"""Workers as processes: killed, stopped, many at a time, with Redis and without."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from academy import jobs, serving
from academy.app import create_app
from academy.db import db
from academy.jobs import Job
from academy.workers import Crew, Worker
from tests.ground.conftest import PATIENCE, Processes, RedisServer, eventually, free_port, kill, look, pause

FAR_TOO_LONG = "600"

#: On what has little to do with the database: how a process ends, and what wakes it.
ends_or_wakes = pytest.mark.conformance_on("postgresql")


def server(processes: Processes, **environment: str) -> subprocess.Popen[bytes]:
    place = ("--host", "127.0.0.1", "--port", str(free_port()))
    return processes.server(
        *serving.arguments(*place, application="tests.ground.trial_server:app"), **environment
    )


def done(processes: Processes, name: str) -> Callable[[], bool]:
    return lambda: processes.job(name).state == "done"


@pytest.mark.conformance_on("postgresql")
def test_a_killed_server_finishes_its_job_at_its_next_start_once_in_effect(processes: Processes) -> None:
    processes.add("a")
    first = server(processes)
    assert eventually(lambda: processes.begun("a"))
    kill(first)
    processes.let_end("a")
    server(processes)

    assert eventually(done(processes, "a"))
    assert (len(processes.begun("a")), processes.effects("a")) == (2, 1)


def test_a_worker_killed_in_a_job_is_followed_by_its_neighbour(
    processes: Processes, redis_server: RedisServer
) -> None:
    first = processes.worker(ACADEMY_JOBS_URL=redis_server.url)
    processes.add("a")
    assert eventually(lambda: processes.begun("a") == [first.pid])
    second = processes.worker(ACADEMY_JOBS_URL=redis_server.url)
    kill(first)
    assert eventually(lambda: processes.begun("a") == [first.pid, second.pid])
    processes.let_end("a")

    assert eventually(done(processes, "a"))
    assert processes.effects("a") == 1
    assert processes.known() == {processes.job("a").worker}


@pytest.mark.conformance_on("sqlite")
def test_a_worker_killed_on_another_machine_is_followed_when_its_lease_ends(
    processes: Processes, tmp_path: Path
) -> None:
    elsewhere = processes.worker(ACADEMY_INSTANCE_PATH=str(tmp_path / "elsewhere"), TRIAL_LEASE="2")
    processes.add("a")
    assert eventually(lambda: processes.begun("a") == [elsewhere.pid])
    here = processes.worker(TRIAL_LEASE="2")
    kill(elsewhere)
    assert eventually(lambda: processes.begun("a") == [elsewhere.pid, here.pid])
    processes.let_end("a")

    assert eventually(done(processes, "a"))
    assert processes.effects("a") == 1


@pytest.mark.conformance_on("sqlite")
def test_a_worker_that_lost_its_lease_keeps_nothing(processes: Processes) -> None:
    slow = processes.worker(TRIAL_LEASE="1")
    processes.add("a")
    assert eventually(lambda: processes.begun("a") == [slow.pid])
    pause(slow)
    quick = processes.worker(TRIAL_LEASE="1")
    assert eventually(lambda: processes.begun("a") == [slow.pid, quick.pid])
    processes.let_end("a")
    assert eventually(done(processes, "a"))
    slow.send_signal(signal.SIGCONT)
    processes.add("b")
    processes.let_end("b")
    quick.terminate()
    assert eventually(done(processes, "b"))

    assert (processes.effects("a"), processes.effects("b"), processes.job("a").tries) == (1, 1, 2)
    assert "run by somebody else by now" in (processes.folder / "processes.log").read_text()


@pytest.mark.conformance
def test_a_long_job_keeps_its_lease(processes: Processes) -> None:
    processes.worker(TRIAL_LEASE="1")
    processes.add("a")
    assert eventually(lambda: processes.begun("a"))
    processes.worker(TRIAL_LEASE="1")
    time.sleep(4)
    processes.let_end("a")

    assert eventually(done(processes, "a"))
    assert (len(processes.begun("a")), processes.effects("a"), processes.job("a").tries) == (1, 1, 1)


@ends_or_wakes
def test_sigterm_lets_a_job_end(processes: Processes) -> None:
    worker = processes.worker()
    processes.add("a", "b")
    assert eventually(lambda: processes.begun("a"))
    worker.terminate()
    time.sleep(0.3)
    processes.let_end("a", "b")

    assert worker.wait(PATIENCE) == 0
    assert (processes.job("a").state, processes.effects("a")) == ("done", 1)
    assert (processes.job("b").state, processes.begun("b")) == ("queued", [])
    assert processes.known() == set()


@ends_or_wakes
def test_sigterm_gives_back_a_job_that_takes_longer(processes: Processes) -> None:
    worker = processes.worker(TRIAL_GRACE="0.5")
    processes.add("a")
    assert eventually(lambda: processes.begun("a"))
    worker.terminate()

    assert worker.wait(PATIENCE) == 0
    assert (processes.job("a").state, processes.job("a").tries, processes.effects("a")) == ("queued", 0, 0)


@ends_or_wakes
def test_a_server_asked_to_end_gives_back_its_job(processes: Processes) -> None:
    process = server(processes, TRIAL_GRACE="0.5")
    processes.add("a")
    assert eventually(lambda: processes.begun("a"))
    process.terminate()

    process.wait(PATIENCE)
    assert (processes.job("a").state, processes.job("a").tries, processes.effects("a")) == ("queued", 0, 0)
    assert processes.known() == set()


@pytest.mark.conformance
def test_many_workers_do_each_job_once(processes: Processes) -> None:
    names = [f"job-{number}" for number in range(30)]
    processes.let_end(*names)
    for _ in range(2):
        processes.worker(TRIAL_THREADS="3")
    processes.add(*names)
    states = sa.select(Job.id).where(Job.kind == "trial", Job.state == "done")

    assert eventually(lambda: len(look(states)) == len(names))
    assert [processes.effects(name) for name in names] == [1] * len(names)
    assert [len(processes.begun(name)) for name in names] == [1] * len(names)


def academy_with(app: Flask, redis_server: RedisServer) -> Flask:
    names = ("INSTANCE_PATH", "DATABASE_URL", "SECRET_KEY")
    return create_app({name: app.config[name] for name in names} | {"JOBS_URL": redis_server.url})


def add_elsewhere(web: Flask, name: str) -> None:
    with web.app_context():
        jobs.add("trial", name=name)
        db.session.commit()
        db.session.remove()


@ends_or_wakes
def test_redis_wakes_a_worker_that_would_sleep_on(
    app: Flask, processes: Processes, redis_server: RedisServer
) -> None:
    web = academy_with(app, redis_server)
    processes.worker(ACADEMY_JOBS_URL=redis_server.url, TRIAL_POLL=FAR_TOO_LONG)
    time.sleep(1)  # it has looked, and sleeps
    processes.let_end("a", "b")
    add_elsewhere(web, "a")
    assert eventually(done(processes, "a"))
    add_elsewhere(web, "b")
    assert eventually(done(processes, "b"))


@ends_or_wakes
def test_without_redis_jobs_come_later_and_none_is_lost(
    app: Flask, processes: Processes, redis_server: RedisServer
) -> None:
    web = academy_with(app, redis_server)
    worker = processes.worker(ACADEMY_JOBS_URL=redis_server.url, TRIAL_POLL="0.5")
    processes.let_end("a", "b")
    redis_server.stop()
    add_elsewhere(web, "a")
    assert eventually(done(processes, "a"))
    redis_server.start()
    add_elsewhere(web, "b")
    assert eventually(done(processes, "b"))

    assert worker.poll() is None


@ends_or_wakes
def test_an_overseer_starts_a_worker_again_and_ends_with_all(
    app: Flask, processes: Processes, tmp_path: Path
) -> None:
    command = ["-c", "from academy.app import command_line; command_line(['worker', '--processes', '2'])"]
    overseer = processes._started([sys.executable, *command], {})
    pids = sa.select(Worker.pid)
    assert eventually(lambda: len(look(pids)) == 2)
    [victim, other] = look(pids)
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: len(found := set(look(pids))) == 2 and other in found and victim not in found)
    children = psutil.Process(overseer.pid).children(recursive=True)
    overseer.terminate()

    assert overseer.wait(PATIENCE) == 0
    assert not any(child.is_running() for child in children)


def test_regular_work_is_asked_for_once_and_comes_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    crews = [Crew(app, threads=1), Crew(app, threads=1)]
    for crew in crews:
        crew.start()
    ran = eventually(lambda: all(job.finished for job in regular_work()))
    for crew in crews:
        crew.stop(5)

    assert ran
    kinds = [job.kind for job in regular_work()]
    assert kinds == sorted(set(app.extensions["academy.sweeps"]))
    assert {job.state for job in regular_work()} == {"queued"}
    assert all(job.due > job.finished for job in regular_work() if job.finished)


def regular_work() -> list[Job]:
    return look(sa.select(Job).where(Job.every.is_not(None)).order_by(Job.kind))
