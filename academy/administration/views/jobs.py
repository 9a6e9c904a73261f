"""The queue of jobs: what waits, what runs, and what failed."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from academy import clock, paging, workers
from academy.administration import queries, services
from academy.administration.views.blueprint import blueprint
from academy.administration.words import kind_name
from academy.errors import Invalid
from academy.security import access


@blueprint.get("/jobs")
@access.roles("administrator")
def jobs() -> str:
    """List jobs by state and kind."""
    filters, queue = queries.Filters.read(request.args), queries.queue()
    total = queue.total(filters.state, filters.kind)
    return render_template(
        "administration/jobs.html",
        filters=filters,
        queue=queue,
        states=queries.STATES,
        found=queries.jobs_page(filters, total=total, number=paging.number(request.args)),
        regular=queries.regular_work(),
        workers=workers.alive(),
        now=clock.now(),
    )


@blueprint.get("/jobs/<uuid:public_id>")
@access.roles("administrator")
def job(public_id: UUID) -> str:
    """Show one job, with its whole error and what can be done."""
    found, standing = queries.job(public_id)
    return render_template("administration/job.html", job=found, standing=standing, now=clock.now())


@blueprint.post("/jobs/retry")
@access.roles("administrator")
def retry_jobs() -> Response:
    """Start all failed jobs of a kind again."""
    kind = request.form.get("kind", "")
    if not kind:
        raise Invalid
    again = services.retry_all(kind)
    flash(ngettext("%(num)d job is started again.", "%(num)d jobs are started again.", again), "success")
    return redirect(url_for(".jobs", kind=kind), 303)


@blueprint.post("/jobs/<uuid:public_id>/retry")
@access.roles("administrator")
def retry_job(public_id: UUID) -> Response:
    """Start a failed job again."""
    services.retry(queries.job(public_id)[0])
    flash(_("The job is started again."), "success")
    return redirect(url_for(".job", public_id=public_id), 303)


@blueprint.post("/jobs/<uuid:public_id>/give-up")
@access.roles("administrator")
def give_up_job(public_id: UUID) -> Response:
    """Take a job as failed that waits or runs."""
    services.give_up(queries.job(public_id)[0])
    flash(_("The job is given up. What it was doing is not kept."), "info")
    return redirect(url_for(".job", public_id=public_id), 303)


@blueprint.route("/jobs/<uuid:public_id>/delete", methods=["GET", "POST"])
@access.roles("administrator")
def delete_job(public_id: UUID) -> Response | str:
    """Ask whether a failed job shall be removed, and remove it."""
    found, standing = queries.job(public_id)
    if request.method == "GET":
        return render_template("administration/delete-job.html", job=found, standing=standing)
    services.delete(found)
    flash(_("The job is deleted."), "success")
    return redirect(url_for(".jobs", state="job-failed"), 303)


@blueprint.app_template_filter("job_kind")
def _job_kind(kind: str) -> object:
    return kind_name(kind)


@blueprint.app_template_filter("last_line")
def _last_line(text: str | None) -> str:
    return text.strip().splitlines()[-1][:300] if text and text.strip() else ""
