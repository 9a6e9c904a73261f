"""The application that a production server loads, with the embedded worker where it is switched on."""

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
