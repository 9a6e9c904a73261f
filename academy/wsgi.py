"""The application that a production server loads, with the embedded worker where it is switched on."""

import gc

from academy import logs
from academy.accounts import passwords
from academy.app import create_app
from academy.serving import JOBS_END_WITHIN, end_with_parent, hear_signals
from academy.workers import Crew

end_with_parent()
hear_signals()
app = create_app()
passwords.get_ready()
logs.set_up(app.config)

if app.config["EMBEDDED_WORKER"] and not app.config["JOBS_URL"]:
    crew = Crew(app)
    crew.start()
    crew.stop_with_process(JOBS_END_WITHIN)

# What the process has begun with stays to its end, so the collector of garbage need not look at it again.
# A page leaves little that only the collector finds, so it comes after dozens of pages, not with every third.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
