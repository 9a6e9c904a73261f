"""The blueprint that every page of courses attaches to."""

from flask import Blueprint

blueprint = Blueprint(
    "courses",
    __name__,
    template_folder="../templates",
    static_folder="../static/courses",
    static_url_path="/static/courses",
)
