"""What the record store holds, and how many statements come."""

from flask import render_template

from academy import charts, storage
from academy.administration.views.blueprint import blueprint
from academy.db import db
from academy.security import access
from academy.xapi import figures as counting


@blueprint.get("/xapi/figures")
@access.roles("administrator")
def figures() -> str:
    """Show the figures of storage, and the statements of each day in a plot and a table."""
    connection = db.session.connection()
    found = counting.read(connection)
    return render_template(
        "administration/figures.html",
        figures=found,
        chart=charts.bars([day.count for day in found.days]),
        is_sqlite=connection.dialect.name == "sqlite",
        place=storage.place(),
    )
