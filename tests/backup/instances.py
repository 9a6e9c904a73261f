"""Instances of the Academy on each kind of database and store, and one full of everything."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from academy import clock, jobs, storage
from academy.accounts import sessions
from academy.accounts.models import SignInAttempt
from academy.app import create_app
from academy.courses.models import Activity, Attempt, Upload
from academy.courses.packages.importing import Destination, import_package
from academy.courses.runtime import launching, scorm_commits
from academy.courses.runtime.scorm_commits import Commit
from academy.courses.services import releases
from academy.db import db
from academy.xapi.attachments import kept, received_attachments
from tests import databases, stores
from tests.factories import accounts, courses, xapi
from tests.packages import scorm12

PICTURE = Random(1).randbytes(2_500_000)  # longer than what stores and archives read at a time
SUMS = "SHA256SUMS"


@contextmanager
def instance(folder: Path, *, database: str = "sqlite", store: str = "file", **more: Any) -> Iterator[Flask]:
    """Make an Academy whose database has no tables yet, in an application context."""
    folder.mkdir(exist_ok=True)
    url = more.pop("DATABASE_URL", None) or databases.made(database, folder).url
    settings: dict[str, object] = {
        "TESTING": True,
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": url,
        "STORAGE_URL": f"file:{folder / 'storage'}",
        "SECRET_KEY": (folder / "secret-key").read_text() if (folder / "secret-key").exists() else "",
        "BASE_URL": "http://localhost:5000",
    }
    if not settings["SECRET_KEY"]:
        (folder / "secret-key").write_text(f"secret of {folder.name} {uuid4()}")
        settings["SECRET_KEY"] = (folder / "secret-key").read_text()
    app = create_app(settings | stores.settings(store) | more)
    with app.app_context():
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def again(app: Flask, folder: Path) -> AbstractContextManager[Flask]:
    """Start an instance a second time, as a new process would."""
    names = ("DATABASE_URL", "STORAGE_URL", "STORAGE_ENDPOINT", "STORAGE_ACCESS_KEY", "STORAGE_SECRET_KEY")
    return instance(folder, **{name: app.config[name] for name in names})


def fill(folder: Path) -> None:
    """Put something into the database for all that a backup has to carry; call it in a context."""
    with (folder / "package.zip").open("wb") as file:
        file.write(scorm12.package(title="Границы", more={"picture.png": PICTURE, "empty.txt": b""}))
    course = courses.course(
        author=accounts.person(roles=["trainer"], name_cyrillic="Дворжак"), status="draft"
    )
    lower, unit = accounts.organisation(), accounts.organisation()
    lower.parent = unit  # a parent with a higher number than its child
    db.session.commit()
    import_package(folder / "package.zip", filename="package.zip", destination=Destination(course.id, "en"))
    releases.publish(course)
    leaf = db.session.scalars(sa.select(Activity).where(Activity.launchable)).one()
    seats = [courses.enrolment(course, person=accounts.person(organisation=unit)) for _ in range(3)]
    for seat in seats:
        launch = launching.open_launch(seat, activity=leaf)
        complete(launch)
    db.session.commit()
    jobs.run_due()
    _odd_things(launch)
    db.session.commit()


def complete(launch: Any, *, seq: int = 1, status: str = "completed") -> None:
    """Take in a commit that completes the part."""
    data = {"cmi.core.lesson_status": status, "cmi.suspend_data": f"step {seq}"}
    scorm_commits.accept(
        scorm_commits.launch_of(launch.public_id), Commit(seq=seq, session=1, end="", close=False, data=data)
    )


def _odd_things(launch: Any) -> None:
    digest = hashlib.sha256(PICTURE).hexdigest()
    attachment = {"usageType": "https://example.org/u", "display": {}, "contentType": "image/png"}
    attachment |= {"length": len(PICTURE), "sha2": digest}
    statement = xapi.statement(attachments=[attachment], result={"response": "a\u0431 'quoted' \\ \n"})
    received_attachments([statement], [kept(digest, [PICTURE], io.BytesIO())])
    xapi.stored(statement)
    attempt = db.session.scalars(sa.select(Attempt)).first()
    assert attempt is not None
    attempt.data = {**attempt.data, "odd": "a\0b\ud800c", "list": [None, 1.5, 10**20, True]}
    db.session.add(SignInAttempt(account="x", address="y"))
    session, _token = sessions.begin(launch.person)
    launch.opened_in_id = session.id
    upload = {"course_id": launch.activity.course_id, "person_id": launch.person_id, "file_name": "x.zip"}
    read = Upload(**upload, size=4, language="en", received=4, report={"accepted": False, "findings": []})
    db.session.add_all([read, Upload(**upload, size=5, language="en", received=2)])
    storage.put_piece("uploads/half", 0, b"ha")
    running = jobs.add("mail.send", due=clock.now() + timedelta(days=1), to="x@example.org", text="Текст")
    running.state, running.leased_until = "running", clock.now() + timedelta(minutes=5)
    running.worker, running.lease = uuid4(), uuid4()


def sums(path: Path) -> dict[str, str]:
    """Return the digests of the members of a backup, but for its head."""
    with tarfile.open(path) as tar:
        lines = tar.extractfile(SUMS).read().decode().splitlines()  # type: ignore[union-attr]
    found = dict(line.split("  ", 1)[::-1] for line in lines)
    del found["academy-backup.json"]
    return found


def contents(path: Path) -> dict[str, Any]:
    """Return what a backup holds but for what it says of itself: rows as values, files as digests."""
    return {
        about.name: [json.loads(line) for line in gzip.decompress(content).splitlines()]
        if about.name.startswith("tables/")
        else hashlib.sha256(content).hexdigest()
        for about, content in members(path)
        if "/" in about.name
    }


def members(path: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    """Return the members of a backup with their contents."""
    with tarfile.open(path) as tar:
        return [(one, tar.extractfile(one).read()) for one in tar.getmembers()]  # type: ignore[union-attr]


def written(path: Path, parts: list[tuple[tarfile.TarInfo | str, bytes]], *, honest: bool = True) -> Path:
    """Write members as a backup; where it is `honest`, with digests and counts that fit."""
    lines: list[str] = []
    count = total = 0
    with tarfile.open(path, "w") as tar:
        for given, content in parts:
            about = tarfile.TarInfo(given) if isinstance(given, str) else given
            if honest and about.name == SUMS:
                content = "".join(lines).encode()
            elif honest and about.name == "manifest.json":
                content = json.dumps({**json.loads(content), "members": count, "bytes": total}).encode()
            else:
                lines.append(f"{hashlib.sha256(content).hexdigest()}  {about.name}\n")
                count, total = count + 1, total + len(content)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return path
