"""Files on their way in: begun, received whole or in pieces, handed to the import, forgotten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from academy import clock, jobs, storage
from academy.courses.models import Upload
from academy.db import db, new_public_id, release
from academy.errors import Conflict, Invalid, TooLarge

PIECE = 1_048_576
LARGEST_PIECE = 16 * PIECE
MEGABYTE = 1_000_000
FOLDER = "uploads"
UNFINISHED = timedelta(hours=24)
REPORTS_KEPT = timedelta(days=30)


class OutOfStep(Conflict):
    """A piece does not begin where the last one ended; `received` says where to go on."""

    message = _l("This piece is not the next one. Ask how much has arrived and go on from there.")


class CutOff(Invalid):
    """The line broke within a piece; nothing of it was kept."""

    message = _l("The piece arrived only in part. Send it again.")


class Empty(Invalid):
    """A file without a byte."""

    message = _l("The file is empty.")


@dataclass(frozen=True)
class Delivery:
    """What is sent, by whom and where to: `activity_id` is None for a new activity."""

    course_id: int
    person_id: int
    file_name: str
    size: int
    language: str
    activity_id: int | None = None


def begin(delivery: Delivery) -> Upload:
    """Expect a file in pieces; the same file begun before by the same person is gone on with.

    Raises TooLarge above the limit of the settings, Empty for a file without a byte.
    """
    _check_size(delivery.size)
    same = (getattr(Upload, name) == value for name, value in vars(delivery).items())
    fresh = Upload.created > clock.now() - UNFINISHED
    found = db.session.scalar(sa.select(Upload).where(*same, fresh, Upload.job_id.is_(None)))
    if found is None:
        found = Upload(**vars(delivery), received=0)
        db.session.add(found)
        db.session.flush()
    return found


def receive_whole(delivery: Delivery, *, file: BinaryIO) -> Upload:
    """Keep a file that arrived in one request and queue its import; on failure nothing stays.

    Ends the present transaction before the file is copied.
    """
    _check_size(delivery.size)
    public_id = new_public_id()
    release()
    try:
        storage.put(key_of(public_id), iter(lambda: file.read(PIECE), b""))
        upload = Upload(public_id=public_id, **vars(delivery), received=delivery.size)
        db.session.add(upload)
        _queue(upload)
    except BaseException:
        storage.delete(key_of(public_id))
        raise
    return upload


def receive_piece(upload: Upload, *, start: int, length: int, read: Callable[[int], bytes]) -> int:
    """Keep the next piece of a file; after the last one the import is queued. Return what has arrived.

    Raises OutOfStep, Invalid (longer than announced), CutOff; then the file is as before.
    Ends the present transaction before the piece is read from the line.
    """
    if upload.job_id or start != upload.received:
        raise OutOfStep(received=upload.received)
    if not 0 < length <= LARGEST_PIECE or start + length > upload.size:
        raise Invalid(_l("This piece is longer than announced."))
    row, public_id = upload.id, upload.public_id
    release()
    content = read(length)
    if len(content) != length:
        raise CutOff
    storage.put_piece(key_of(public_id), start, content)
    return _arrived(row, start=start, end=start + length)


def forget() -> int:
    """Remove uploads that nobody finished within a day, and reports a month old; return how many.

    Files that no upload knows any more go too.
    """
    now = clock.now()
    unfinished = sa.and_(Upload.report.is_(None), Upload.created < now - UNFINISHED)
    old = sa.and_(Upload.report.is_not(None), Upload.created < now - REPORTS_KEPT)
    gone = list(db.session.scalars(sa.select(Upload).where(sa.or_(unfinished, old))))
    for upload in gone:
        storage.delete_with_pieces(key_of(upload.public_id))
        db.session.delete(upload)
    db.session.flush()
    _remove_strays(now - UNFINISHED)
    return len(gone)


def key_of(public_id: UUID) -> str:
    """Return where the file of an upload lies until it is read."""
    return f"{FOLDER}/{public_id}"


def clean_name(name: str | None) -> str:
    """Return the name of a file without folders and control characters, as it is shown and kept."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:200] or "package.zip"


def limit_mb() -> int:
    """Return the largest file that may be sent, in megabytes."""
    return int(str(current_app.config["UPLOAD_LIMIT_MB"]))


def too_large() -> TooLarge:
    """Return the error for a file above the limit, with the limit in words."""
    return TooLarge(
        _l("The file is larger than %(limit)d MB, the most that this Academy accepts.", limit=limit_mb())
    )


def _check_size(size: int) -> None:
    if size <= 0:
        raise Empty
    if size > limit_mb() * MEGABYTE:
        raise too_large()


def _arrived(row: int, *, start: int, end: int) -> int:
    moved = db.session.execute(
        sa.update(Upload).where(Upload.id == row, Upload.received == start).values(received=end)
    )
    upload = db.session.get_one(Upload, row, populate_existing=True)
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfStep(received=upload.received)
    if upload.received == upload.size:
        _queue(upload)
    return end


def _queue(upload: Upload) -> None:
    db.session.flush()
    upload.job_id = jobs.add("packages.import", upload=str(upload.public_id)).public_id
    db.session.flush()


def _remove_strays(before: datetime) -> None:
    storage.tidy(before.timestamp())
    newest: dict[str, datetime] = {}
    for file in storage.listed(FOLDER):
        name = file.key.split("/")[1]
        newest[name] = max(file.modified, newest.get(name, file.modified))
    old = {name for name, modified in newest.items() if modified < before}
    known = set(db.session.scalars(sa.select(Upload.public_id))) if old else set()
    for name in old:
        if _public_id(name) not in known:
            storage.delete_with_pieces(f"{FOLDER}/{name}")


def _public_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
