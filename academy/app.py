"""The application: a table of contents of the house, and the only file that knows every room."""

from collections.abc import Mapping
from datetime import timedelta

import click
from flask import Flask
from flask.cli import FlaskGroup
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager

from academy import (
    audit,
    catalogues,
    config,
    db,
    errors,
    health,
    jobs,
    locale,
    logs,
    mail,
    metrics,
    monitoring,
    operation,
    security,
    serving,
    storage,
    templating,
    timing,
    workers,
)
from academy.accounts import cli as accounts_cli
from academy.accounts import jobs as accounts_jobs
from academy.accounts import services as accounts_services
from academy.accounts import signin
from academy.accounts import slots as accounts_slots
from academy.accounts import views as accounts_views
from academy.accounts.personal_data import ground as ground_data
from academy.accounts.personal_data import own as accounts_data
from academy.accounts.personal_data import receipts as data_receipts
from academy.accounts.personal_data import registrations
from academy.accounts.personal_data import requests as data_requests
from academy.accounts.personal_data import sources as personal_data
from academy.administration import agent_commands
from academy.administration import cli as administration_cli
from academy.administration import slots as administration_slots
from academy.administration import views as administration_views
from academy.backup import cli as backup_cli
from academy.certificates import cli as certificates_cli
from academy.certificates import jobs as certificates_jobs
from academy.certificates import personal_data as certificates_data
from academy.certificates import queries as certificates_queries
from academy.certificates import slots as certificates_slots
from academy.certificates import views as certificates_views
from academy.courses import clearing
from academy.courses import cli as courses_cli
from academy.courses import jobs as courses_jobs
from academy.courses import personal_data as courses_data
from academy.courses import queries as courses_queries
from academy.courses import slots as courses_slots
from academy.courses import views as courses_views
from academy.courses.runtime import origin, sessions
from academy.demo import cli as demo_cli
from academy.doctor import cli as doctor
from academy.home import views as home_views
from academy.library import cli as library_cli
from academy.library import slots as library_slots
from academy.library import views as library_views
from academy.progress import cli as progress_cli
from academy.progress import jobs as progress_jobs
from academy.progress import personal_data as progress_data
from academy.progress import services as progress_services
from academy.progress import slots as progress_slots
from academy.progress import views as progress_views
from academy.progress.signals import course_completed
from academy.reports import cli as reports_cli
from academy.reports import slots as reports_slots
from academy.reports import views as reports_views
from academy.templating import NavigationItem, slot, waiting
from academy.web import Web
from academy.xapi import cli as xapi_cli
from academy.xapi import credentials as xapi_credentials
from academy.xapi import figures as xapi_figures
from academy.xapi import resources as xapi_resources
from academy.xapi.forwarding import jobs as forwarding_jobs
from academy.xapi.forwarding import views as forwarding_views
from academy.xapi.signals import statements_stored

PLACES_OF_PEOPLE = ("/admin/people", "/admin/states", "/admin/organisations", "/admin/data-requests")
ROOMS_WITH_JOBS = (audit, mail, accounts_jobs, courses_jobs, progress_jobs, certificates_jobs)


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Build the Academy; `settings` go over the environment. Raises config.BadSetting."""
    app = Web(__name__, instance_relative_config=True, static_folder="static")
    app.config.update(config.load())
    app.config.update(settings or {})
    for part in (
        logs,
        db,
        timing,
        locale,
        errors,
        security,
        storage,
        templating,
        jobs,
        workers,
        operation,
        doctor,
    ):
        part.init_app(app)
    _sign_in(app)
    _blueprints(app)
    _commands(app)
    _signals()
    _sweeps(app)
    _figures(app)
    _personal_data(app)
    _slots(app)
    _navigation(app)
    app.extensions["academy.after_upgrade"].append(accounts_services.load_states)
    app.wsgi_app = origin.by_host(app)  # type: ignore[method-assign, assignment]
    app.wsgi_app = logs.around(app, app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # a session is a row with a secret of its own, wherever its owner moves
    manager.user_loader(signin.load_person)
    hours = max(12, int(app.config["SESSION_HOURS"]))
    app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(hours=hours), SESSION_REFRESH_EACH_REQUEST=False)


def _blueprints(app: Flask) -> None:
    for room in (
        home_views,
        accounts_views,
        courses_views,
        progress_views,
        certificates_views,
        library_views,
        reports_views,
        administration_views,
        forwarding_views,
    ):
        app.register_blueprint(room.blueprint)
    for blueprint in (xapi_resources.blueprint, origin.blueprint):
        security.csrf.exempt(blueprint)
        app.register_blueprint(blueprint)


def _commands(app: Flask) -> None:
    rooms = (
        accounts_cli,
        courses_cli,
        xapi_cli,
        progress_cli,
        certificates_cli,
        library_cli,
        reports_cli,
        demo_cli,
        backup_cli,
        administration_cli,
    )
    for group in (
        *operation.groups,
        *doctor.groups,
        *serving.groups,
        *catalogues.groups,
        *(group for room in rooms for group in room.groups),
    ):
        app.cli.add_command(group)
    xapi_cli.xapi.command("erase-agent")(agent_commands.erase_agent)


def _signals() -> None:
    statements_stored.connect(progress_services.apply)
    statements_stored.connect(metrics.count_statements)
    course_completed.connect(certificates_jobs.issue_later)


def _sweeps(app: Flask) -> None:
    for function in (
        sessions.close_abandoned,
        courses_jobs.forget_uploads,
        accounts_cli.forget_attempts,
        data_requests.forget_requests,
        data_receipts.forget_digests,
        registrations.forget_unconfirmed,
        workers.forget_old,
        forwarding_jobs.forward,
        xapi_figures.count_statements,
        xapi_credentials.forget_narrow,
        audit.seal,
    ):
        workers.sweep(app, function)


def _figures(app: Flask) -> None:
    for part in (health, monitoring):
        part.init_app(app)
    figures = (
        ("academy_launches_open", "Content that is open in a browser", courses_queries.open_launches),
        ("academy_certificates", "Certificates issued", certificates_queries.count),
        ("academy_enrolments", "Seats taken in courses", courses_queries.seats_taken),
    )
    for name, meaning, read in figures:
        monitoring.reading(app, name, meaning, read)


def _personal_data(app: Flask) -> None:
    """Name the rooms that hold something about people, in the order of an archive; erased in reverse."""
    personal_data.register(
        app,
        accounts_data.SOURCE,
        courses_data.SOURCE,
        progress_data.PROGRESS,
        certificates_data.SOURCE,
        progress_data.STATEMENTS,
        ground_data.MAIL,
        ground_data.JOBS,
        ground_data.AUDIT,
    )


def _slots(app: Flask) -> None:
    slot(app, "signed_out.clearing", clearing.frames)
    slot(app, "course.card", progress_slots.card)
    slot(app, "course.action", progress_slots.action)
    slot(app, "learn.aside", certificates_slots.mine)
    slot(app, "course_home.aside", certificates_slots.of_course)
    slot(app, "progress.certificate", certificates_slots.serial)
    slot(app, "desk.waiting", accounts_slots.waiting)
    slot(app, "desk.waiting", accounts_slots.data_requests)
    slot(app, "desk.waiting", courses_slots.waiting)
    slot(app, "desk.waiting", administration_slots.waiting)
    slot(app, "desk.rows", reports_slots.taught)
    slot(app, "desk.rows", library_slots.desk)
    slot(app, "desk.figures", reports_slots.numbers)
    slot(app, "desk.figures", administration_slots.rows)
    slot(app, "desk.aside", reports_slots.links)
    slot(app, "desk.aside", courses_slots.acts)
    app.extensions["academy.waiting"] += [
        accounts_views.waiting_count,
        accounts_slots.requests_count,
        courses_slots.waiting_count,
        administration_slots.waiting_count,
    ]


def _navigation(app: Flask) -> None:
    administrators, guests = frozenset({"administrator"}), frozenset({"anonymous"})
    staff = frozenset({"coordinator", "secretariat"})
    trainers = frozenset({"trainer"})
    app.extensions["academy.navigation"] = [
        NavigationItem("home.index", _l("Home"), guests),
        NavigationItem("home.desk", _l("Overview"), administrators, count=waiting),
        NavigationItem("home.desk", _l("My desk"), staff | trainers, count=waiting),
        NavigationItem("home.desk", _l("Library desk"), frozenset({"editor"})),
        NavigationItem("home.desk", _l("Figures"), frozenset({"observer"})),
        NavigationItem("courses.teach", _l("My courses"), trainers | administrators),
        NavigationItem("accounts.people", _l("People"), staff | administrators, also=PLACES_OF_PEOPLE),
        NavigationItem("reports.completion", _l("Reports"), staff | administrators),
        NavigationItem("administration.overview", _l("Administration"), administrators),
        NavigationItem("progress.learn", _l("My learning"), frozenset({"learner"}), rank=3),
        NavigationItem("courses.catalogue", _l("Courses")),
        NavigationItem("library.observatory", _l("Observatory"), rank=4),
        NavigationItem("library.dialogue", _l("Dialogue"), rank=2),
        NavigationItem("certificates.verify_form", _l("Verify a certificate"), guests),
        NavigationItem("home.help", _l("Help")),
    ]


command_line = FlaskGroup(
    name="academy",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,  # it tells that of Flask
    help="The Training Academy.",
)
click.version_option(package_name="prague-academy", message="%(version)s")(command_line)
