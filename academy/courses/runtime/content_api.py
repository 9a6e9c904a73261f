"""What the player asks on the content origin: the API page, saving, and whether it still has the launch."""

import time
from collections import OrderedDict
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec
from flask import Response, jsonify, render_template, request

from academy import clock
from academy.courses.models import Launch
from academy.courses.runtime import (
    content_files,
    launching,
    leaves,
    scorm_commits,
    standing,
    tokens,
    visitors,
)
from academy.courses.runtime.addresses import content_hosts
from academy.courses.runtime.scorm_commits import Answer, Commit
from academy.courses.runtime.standing import Standing
from academy.courses.runtime.tokens import Bearer, TokenRefused
from academy.db import transaction
from academy.errors import DomainError, TooLarge
from academy.locale import translated
from academy.security import access, app_origins

OWN = Path(__file__).resolve().parents[1] / "static" / "courses"
VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
SCRIPTS = {"scorm12.min.js": VENDOR, "transport.js": OWN, "activity.js": OWN, "api_page.js": OWN}

MOST_A_MINUTE = 300
_seen: OrderedDict[str, tuple[int, int]] = OrderedDict()
_counting = Lock()


@access.token
def api_page(label: str, token: str) -> Response:
    """Show the page that holds the SCORM API and, in a frame, the content."""
    try:
        bearer = tokens.read_page_token(token, label=label)
    except TokenRefused:
        return _page("courses/player-expired.html", status=403)
    launch = visitors.find(bearer.launch)
    if launch is None or launch.superseded is not None or standing.of(bearer.launch) != "lasts":
        return _page("courses/player-expired.html", status=403)
    return _page(
        "courses/player-api.html", label=label, state=_start(launch, bearer), scripts=_scripts(label)
    )


@access.token
def commit(label: str) -> tuple[Response, int]:
    """Save; answers success only after the database has it."""
    try:
        if request.content_length is None or request.content_length > scorm_commits.LARGEST:
            raise TooLarge
        token, told = scorm_commits.read(request.get_data())
        bearer = tokens.read_commit_token(token, label=label)
        if _too_many(str(bearer.launch)):
            return _refused("too-many"), 429
        stands, answer = _save(bearer, told)
    except TokenRefused as refusal:
        return _refused(refusal.code), 403
    except TooLarge:
        return _refused("too-large"), 413
    except DomainError:
        return _refused("unreadable"), 422
    if answer is None:
        return _refused("signed-out"), 403
    saved = {
        "result": True,
        "errorCode": 0,
        "seq": answer.seq,
        "state": answer.state if stands == "lasts" else "signed-out",
        "saved": clock.rfc3339(clock.now()),
    }
    return Response(msgspec.json.encode(saved), content_type="application/json"), 200


def _save(bearer: Bearer, told: Commit) -> tuple[Standing, Answer | None]:
    """Take a commit in and return how its launch stands, with the answer unless it is over; commits."""
    with transaction():
        held = scorm_commits.launch_of(bearer.launch)
        stands = standing.judge(held.session)
        if stands == "over":
            return stands, None
        answer = scorm_commits.accept(held, told)
        if told.close:
            scorm_commits.close_unkept(held)
        return stands, answer


@access.token
def state(label: str) -> tuple[Response, int]:
    """Say whether the launch is open; a POST also says that the player is there and renews its token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        bearer = tokens.read_commit_token(given, label=label)
    except TokenRefused as refusal:
        return _refused(refusal.code), 403
    if standing.of(bearer.launch) in {"ends", "over"}:
        return jsonify(state="signed-out"), 200
    present = request.method == "POST"
    told = {"state": scorm_commits.heartbeat(bearer.launch, present=present)}
    if present:
        told["token"] = tokens.commit_token(bearer)
    return jsonify(told), 200


@access.token
def clear(label: str) -> Response:
    """Have the browser forget what content kept on this origin, after a session on a shared computer."""
    answer = _page("courses/player-clear.html")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@access.token
def script(label: str, digest: str, name: str) -> Response:
    """Serve the player's own scripts, which the API page needs on its own origin."""
    if name not in SCRIPTS:
        return content_files.nothing_here()
    content, _ = _script(name)
    return Response(
        content,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": content_files.CACHED},
    )


def page_address(launch: Launch) -> str:
    """Return the address of the API page of a launch, with a fresh token in it."""
    token = tokens.page_token(Bearer(launch.public_id, launch.label))
    return f"{content_hosts().base(launch.label)}/_api/{token}"


def _start(launch: Launch, bearer: Bearer) -> dict[str, object]:
    """Return all that the API page starts with.

    Numbers of commits go up from the clock, so a page loaded again is ahead of what its predecessor still
    sends.
    """
    item = leaves.item_of(launch.version, launch.activity)
    base = content_hosts().base(launch.label)
    return {
        "launch": str(launch.public_id),
        "token": tokens.commit_token(bearer),
        "seq": max(clock.microseconds(clock.now()) // 1000, launch.seq),
        "api": f"{base}/_api",
        "content": f"{base}/v/{launch.version.public_id}/{item.launch if item else ''}",
        "kind": item.kind or "asset" if item else "asset",
        "title": translated(launch.activity.title),
        "data": launching.data_at_launch(launch),
        "kept": launch.mode == "normal",
        "app": list(app_origins()),
    }


def _scripts(label: str) -> list[str]:
    base = content_hosts().base(label)
    return [f"{base}/_player/{_script(name)[1]}/{name}" for name in SCRIPTS]


@cache
def _script(name: str) -> tuple[bytes, str]:
    content = (SCRIPTS[name] / name).read_bytes()
    return content, sha256(content).hexdigest()[:12]


def _page(template: str, *, status: int = 200, **context: object) -> Response:
    answer = Response(render_template(template, **context), status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(code: str) -> Response:
    return jsonify(result=False, errorCode=101, error=code)


def _too_many(launch: str) -> bool:
    """Count commits of a launch in the present minute; the limit is per process."""
    minute = int(time.monotonic() // 60)
    with _counting:
        since, count = _seen.get(launch, (minute, 0))
        count = count + 1 if since == minute else 1
        _seen[launch] = (minute, count)
        _seen.move_to_end(launch)
        while len(_seen) > 10_000:
            _seen.popitem(last=False)
    return count > MOST_A_MINUTE
