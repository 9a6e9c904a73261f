"""Pages of courses."""

from flask import Blueprint

blueprint = Blueprint("courses", __name__, template_folder="../templates")
