"""Files of packages on the content origin: only while a launch is open, cached for ever, in ranges."""

import logging
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request
from werkzeug.http import parse_range_header

from academy import clock, storage
from academy.courses.models import Launch, PackageFile, PackageVersion
from academy.courses.packages import keeping, lookup
from academy.courses.runtime import sessions
from academy.db import db
from academy.errors import RETRY_AFTER
from academy.security import access

log = logging.getLogger(__name__)

LONGEST_RANGE = 1_048_576
CACHED = "private, max-age=31536000, immutable"
PATH = "academy.content_path"
TEXTS = ("text/", "application/json", "application/xml", "application/xhtml", "image/svg")


@access.token
def package_file(label: str, version: UUID) -> Response:
    """Serve one file of a package version to the browser that has it open."""
    version_id = _open_version(label, version)
    found = _find(version_id, request.environ.get(PATH, b"")) if version_id is not None else None
    if found is None:
        return nothing_here()
    try:
        answer = _file(found)
    except FileNotFoundError:
        log.error("a file of a package is not in the store: %s", keeping.storage_key(found.sha256))
        return nothing_here()
    except storage.StorageGone:
        return _plain("The files do not answer just now. Try again in a minute.\n", 503)
    answer.headers["Cache-Control"] = CACHED
    return answer


def nothing_here(status: int = 404) -> Response:
    """Answer that there is nothing, in a way that no cache keeps."""
    return _plain("There is nothing at this address.\n", status)


def _plain(text: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[status]
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")


def _open_version(label: str, version: UUID) -> int | None:
    """Return the row id of a version while a launch of the label is open."""
    return db.session.scalar(
        sa.select(PackageVersion.id)
        .join(Launch, Launch.version_id == PackageVersion.id)
        .where(PackageVersion.public_id == version, Launch.label == label, Launch.closed.is_(None))
        .where(Launch.last_seen > clock.now() - sessions.SILENCE)
        .limit(1)
    )


def _find(version_id: int, path: bytes) -> PackageFile | None:
    files = sa.select(PackageFile).where(PackageFile.version_id == version_id)
    return lookup.find(
        path,
        exact=lambda name: db.session.scalar(files.where(PackageFile.path == name)),
        by_folded=lambda name: db.session.scalars(files.where(PackageFile.folded == name).limit(2)).all(),
    )


def _file(found: PackageFile) -> Response:
    kind = lookup.content_type(found.path)
    is_text = kind.startswith(TEXTS)
    headers = {"ETag": f'"{found.sha256[:32]}"', "Accept-Ranges": "none" if is_text else "bytes"}
    if _is_known(found.sha256[:32]):
        return Response(status=304, headers=headers)
    start, end, status = (0, found.size, 200) if is_text else _wanted(found.size)
    if status == 416:
        return Response(status=416, headers={"Content-Range": f"bytes */{found.size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status=status, headers=headers, content_type=kind)
    body = storage.pieces(keeping.storage_key(found.sha256), start=start, end=end)
    return Response(body, status, headers, content_type=kind, direct_passthrough=True)


def _is_known(etag: str) -> bool:
    """Say whether the browser has the file; a compressed answer carried the same tag with a suffix."""
    return any(tag.partition(":")[0] == etag for tag in request.if_none_match.as_set())


def _wanted(size: int) -> tuple[int, int, int]:
    """Return from where to where a file is asked for, and the status of the answer."""
    wanted = parse_range_header(request.headers.get("Range"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1 or "If-Range" in request.headers:
        return 0, size, 200
    found = wanted.range_for_length(size)
    if found is None:
        return 0, 0, 416
    start, end = found
    return start, min(end, start + LONGEST_RANGE), 206
