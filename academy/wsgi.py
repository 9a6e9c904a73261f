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

# What is here now stays. Else each full collection goes through all of it: 190 ms in the middle of a request,
# instead of 30 to 45.
gc.collect()
gc.freeze()
