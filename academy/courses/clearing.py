"""What the browser forgets after a session on a shared computer: whatever content kept on its origins."""

import sqlalchemy as sa
from flask import g, render_template

from academy.accounts.departures import Departure
from academy.courses.models import Launch
from academy.courses.runtime.addresses import content_hosts
from academy.db import db

MOST = 20


def frames(*, departure: Departure) -> str:
    """Have the browser forget what the content of a session kept, in frames on the origins of content."""
    opened = sa.select(Launch.label).where(Launch.opened_in_id == departure.session_id).distinct().limit(MOST)
    labels = sorted(db.session.scalars(opened))
    if not labels:
        return ""
    hosts = content_hosts()
    g.frame_origin = " ".join(sorted({hosts.origin(label) for label in labels}))
    addresses = [f"{hosts.base(label)}/_api/clear" for label in labels]
    return render_template("courses/clearing.html", addresses=addresses)
