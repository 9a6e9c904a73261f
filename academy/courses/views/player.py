"""Opening content and the player page around it."""

from typing import cast
from uuid import UUID

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from academy.courses import queries
from academy.courses.models import Launch
from academy.courses.runtime import (
    content_api,
    launching,
    leaves,
    sessions,
    standing,
    tokens,
    visitors,
)
from academy.courses.runtime.addresses import content_hosts
from academy.courses.runtime.leaves import Leaf
from academy.courses.runtime.results import Result
from academy.courses.runtime.tokens import Bearer
from academy.courses.views.blueprint import blueprint, trainers
from academy.courses.views.reader import member, taught_course, visible_course
from academy.errors import NotAllowed, NotFound
from academy.locale import language, number, translated
from academy.security import access, csrf
from academy.templating import asset

SANDBOX = (
    "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals "
    "allow-downloads"
)


@blueprint.errorhandler(visitors.SignInFirst)
def _sign_in_first(error: visitors.SignInFirst) -> Response:
    place = request.path if request.method == "GET" else None
    return _see(url_for("accounts.sign_in", next=place))


@blueprint.post("/courses/<code>/activities/<uuid:activity>/launch")
@access.signed_in
def launch(code: str, activity: UUID) -> Response:
    """Open an activity for the learner who has a seat in the course."""
    course, _seat = visible_course(code)
    enrolment = queries.enrolment_of(course, member())
    if enrolment is None:
        raise NotAllowed(_("Enrol in the course first."))
    opened = launching.open_launch(
        enrolment,
        activity=queries.activity_of_course(course, activity),
        language=request.form.get("language"),
    )
    return _see(url_for("courses.play", launch=opened.public_id))


@blueprint.post("/teach/courses/<code>/activities/<uuid:activity>/preview")
@trainers
def preview(code: str, activity: UUID) -> Response:
    """Open an activity for its trainer, leaving no tracks."""
    course = taught_course(code)
    opened = launching.open_preview(
        member(),
        activity=queries.activity_of_course(course, activity),
        language=request.form.get("language"),
    )
    return _see(url_for("courses.play", launch=opened.public_id))


@blueprint.get("/play/<uuid:launch>/open")
@access.token
def open_ticket(launch: UUID) -> Response:
    """Exchange a ticket of the command line for a cookie that admits to this launch alone."""
    if not tokens.opens(request.args.get("ticket", ""), launch=launch):
        raise NotAllowed(_("This address was good for ten minutes. Ask for a new one."))
    found = visitors.find(launch)
    if found is None:
        raise NotFound
    return visitors.admit(_see(url_for("courses.play", launch=launch)), found)


@blueprint.get("/play/<uuid:launch>")
@access.token
def play(launch: UUID) -> Response:
    """Show the player around a launch; one that was left or taken over says so."""
    opened = visitors.launch_for_visitor(launch)
    is_over = standing.of(launch) != "lasts"  # as after signing in again: a new launch goes on
    if opened.superseded is not None or opened.closed is not None or is_over:
        return _see(url_for("courses.player_left", launch=launch))
    g.frame_origin = content_hosts().origin(opened.label)
    contents = _contents(opened)
    here = (
        [leaf.activity.id for leaf in contents].index(opened.activity_id)
        if _is_listed(opened, contents)
        else 0
    )
    page = render_template(
        "courses/play.html",
        launch=opened,
        title=translated(opened.activity.course.title),
        position=_position(opened, contents, here),
        contents=contents,
        next_leaf=next((leaf for leaf in contents[here + 1 :] if opened.attempt), None),
        preview=opened.attempt is None,
        sandbox=SANDBOX,
        left_url=url_for("courses.player_left", launch=launch),
        course_url=_course_url(opened),
        script_data=_script_data(opened),
    )
    # content that opens itself in a window of its own finds the API through its opener
    return Response(page, headers={"Cross-Origin-Opener-Policy": "same-origin-allow-popups"})


@blueprint.get("/play/<uuid:launch>/left")
@access.token
def player_left(launch: UUID) -> str | Response:
    """Say what was kept of a launch, and offer the ways on."""
    opened = visitors.launch_for_visitor(launch)
    if opened.attempt is None:
        return _see(_course_url(opened))
    return render_template(
        "courses/player-left.html",
        launch=opened,
        course=opened.activity.course,
        result=sessions.official(opened.attempt),
        verdict=_verdict(sessions.official(opened.attempt)),
        course_url=_course_url(opened),
    )


@csrf.exempt
@blueprint.post("/play/<uuid:launch>/token")
@access.token
def renew(launch: UUID) -> Response:
    """Give the player a new token for saving, as long as the person is still signed in."""
    visitors.refuse_foreign_origin()
    opened = visitors.launch_for_visitor(launch)
    standing.take_over(opened)
    return jsonify(token=tokens.commit_token(Bearer(opened.public_id, opened.label)))


@csrf.exempt
@blueprint.post("/play/<uuid:launch>/go/<uuid:activity>")
@access.token
def go(launch: UUID, activity: UUID) -> Response:
    """Go from one part of a package to another."""
    visitors.refuse_foreign_origin()
    return _follow(visitors.launch_for_visitor(launch), activity)


@csrf.exempt
@blueprint.post("/play/<uuid:launch>/again")
@access.token
def again(launch: UUID) -> Response:
    """Open the same part once more, here; wherever else it is open is told."""
    visitors.refuse_foreign_origin()
    opened = visitors.launch_for_visitor(launch)
    return _follow(opened, opened.activity.public_id)


def _follow(opened: Launch, activity: UUID) -> Response:
    leaf = queries.activity_of_course(opened.activity.course, activity)
    variant = opened.version.package.language
    if opened.enrolment is not None and opened.mode == "review":
        new = launching.open_review(opened.enrolment, activity=leaf, language=variant)
    elif opened.enrolment is None:
        new = launching.open_preview(opened.person, activity=leaf, language=variant)
    else:
        new = launching.open_launch(opened.enrolment, activity=leaf, language=variant)
    answer = _see(url_for("courses.play", launch=new.public_id))
    return visitors.admit(answer, new) if visitors.is_by_ticket(opened.public_id) else answer


def _contents(opened: Launch) -> list[Leaf]:
    parent = opened.activity.parent
    return leaves.contents(opened.version, opened.enrolment, parent=parent) if parent else []


def _is_listed(opened: Launch, contents: list[Leaf]) -> bool:
    return any(leaf.activity.id == opened.activity_id for leaf in contents)


def _position(opened: Launch, contents: list[Leaf], here: int) -> str:
    title = translated(opened.activity.title)
    if len(contents) < 2 or not _is_listed(opened, contents):
        return "" if title == translated(opened.activity.course.title) else title
    return _("%(number)d of %(total)d: %(title)s", number=here + 1, total=len(contents), title=title)


def _verdict(result: Result) -> str:
    words = {"passed": _("Passed"), "failed": _("Failed")}.get(result.success)
    points = None if result.score is None else _("%(points)s of 100 points", points=number(result.score))
    return ", ".join(part for part in (words, points) if part) or _("There is none in this part")


def _course_url(opened: Launch) -> str:
    code = opened.activity.course.code
    if opened.attempt is None:
        return url_for("courses.teach_course", code=code)
    return url_for("progress.course_home", code=code)


def _script_data(opened: Launch) -> dict[str, object]:
    icons = asset("vendor/icons.svg")
    return {
        "page": content_api.page_address(opened),
        "content": content_hosts().origin(opened.label),
        "renew": url_for("courses.renew", launch=opened.public_id),
        "left": url_for("courses.player_left", launch=opened.public_id),
        "signedOut": url_for("accounts.signed_out", next=url_for("courses.play", launch=opened.public_id)),
        "preview": opened.attempt is None,
        "language": language(),
        "zone": str(get_timezone()),
        "icons": {name: f"{icons}#{name}" for name in ("saved", "waiting", "offline")},
        "texts": {
            "saved": _("Saved %(time)s", time="{time}"),
            "saving": _("Saving…"),
            "failed": _("Not saved"),
            "elsewhere": _("Open elsewhere"),
            "last": _("Last saved %(time)s.", time="{time}"),
        },
        "reasons": {
            "line": _(
                "There is no connection. Leave this page open: what you do is kept and sent again and again."
            ),
            "token-expired": _("You are being signed in again. Leave this page open."),
            "signed-out": _("You are signed out. Sign in again in another window, then press Try now here."),
            "too-large": _("The content wants to keep more than 2 MB at once, which is not possible."),
            "too-many": _("The content saves too often. Leave this page open: it will be sent shortly."),
            "refused": _("The Academy did not accept it. Leave this page open and report the problem."),
        },
    }


def _see(place: str) -> Response:
    return cast(Response, redirect(place, 303))
