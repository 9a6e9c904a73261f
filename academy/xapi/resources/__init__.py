"""HTTP resources of the LRS."""

from flask import Blueprint

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")
