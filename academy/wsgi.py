"""The application that a production server loads, with the embedded worker where it is switched on."""

from academy.app import create_app
from academy.operation import end_with_server
from academy.workers import Crew

GRACE = 8.0  # seconds for jobs under way when the server ends

end_with_server()
app = create_app()

if app.config["EMBEDDED_WORKER"] and not app.config["JOBS_URL"]:
    crew = Crew(app)
    crew.start()
    crew.stop_with_process(GRACE)
