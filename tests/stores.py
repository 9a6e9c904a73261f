"""The stores of files that tests run on: a folder, and a bucket on an S3 server of the run's own."""

import atexit
from functools import cache
from uuid import uuid4

import pytest
from flask import Flask, current_app

from academy import storage
from tools.object_store import NoObjectStore, ObjectStore

KINDS = ("file", "s3")


@cache
def object_store() -> ObjectStore:
    """Return the S3 server of this run; starts it, or skips and says why there is none."""
    try:
        server = ObjectStore().start()
    except NoObjectStore as reason:
        pytest.skip(f"no S3 server: {reason}")
    atexit.register(server.stop)
    return server


def settings(kind: str) -> dict[str, object]:
    """Return the settings of an empty store of a kind, over those of the app."""
    return object_store().settings(f"test {uuid4()}") if kind == "s3" else {}


@pytest.fixture(params=KINDS)
def any_store(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test on each kind of store; returns which it is."""
    for name, value in settings(request.param).items():
        monkeypatch.setitem(app.config, name, value)
    return request.param


@pytest.fixture
def bucket(app: Flask, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """Keep the files of the test in a bucket; returns its server, which answers again afterwards."""
    for name, value in settings("s3").items():
        monkeypatch.setitem(app.config, name, value)
    return object_store()


def kept(*folders: str) -> list[str]:
    """Return the keys of all files in the store."""
    found = folders or ("packages", "uploads", "certificates", "attachments", "checks")
    return sorted(one.key for folder in found for one in storage.listed(folder))


def forget_connections() -> None:
    """Let the store be made anew from the present settings."""
    current_app.extensions["academy.stores"].clear()
