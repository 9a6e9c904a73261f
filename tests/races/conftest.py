"""Several people at once: functions run in threads, each in a context of its own, from one moment on."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from academy.db import db
from tests.courses.runtime.conftest import seat

__all__ = ["seat"]

Together = Callable[..., list[Any]]


@pytest.fixture
def together(app: Flask) -> Together:
    """Return a function that runs others at once and returns what each returned, or the error it ended with.

    What the test has prepared is committed before; each function's work is committed when it returns.
    """

    def run(*works: Callable[[], Any]) -> list[Any]:
        db.session.commit()
        ends: list[Any] = [None] * len(works)
        start = threading.Barrier(len(works), timeout=30)

        def one(place: int, work: Callable[[], Any]) -> None:
            with app.app_context():
                start.wait()
                try:
                    ends[place] = work()
                    db.session.commit()
                except Exception as fault:
                    db.session.rollback()
                    ends[place] = fault

        threads = [threading.Thread(target=one, args=given) for given in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.expire_all()
        return ends

    return run
