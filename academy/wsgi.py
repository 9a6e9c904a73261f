"""The application that a production server loads, with the embedded worker where it is switched on."""

from academy.app import create_app, worker

app = create_app()

if app.config["EMBEDDED_WORKER"]:
    worker(app).start()
