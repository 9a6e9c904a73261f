"""The blueprint of administration."""

from flask import Blueprint

blueprint = Blueprint("administration", __name__, url_prefix="/admin", template_folder="../templates")
