"""The application that a production server loads, with the embedded worker where it is switched on."""

from academy.app import create_app, worker
from academy.operation import end_with_server

end_with_server()
app = create_app()

if app.config["EMBEDDED_WORKER"]:
    worker(app).start()
