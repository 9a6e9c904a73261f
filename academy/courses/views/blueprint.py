"""The blueprint that every page of courses attaches to."""

from flask import Blueprint

from academy.courses.words import language_name

blueprint = Blueprint(
    "courses",
    __name__,
    template_folder="../templates",
    static_folder="../static/courses",
    static_url_path="/static/courses",
)

blueprint.add_app_template_filter(language_name)
