"""The blueprint that every page of courses attaches to, and the policy of those that trainers use."""

from flask import Blueprint

from academy.courses.words import language_name, level_name
from academy.security import access

trainers = access.roles("trainer", "administrator")

blueprint = Blueprint(
    "courses",
    __name__,
    template_folder="../templates",
    static_folder="../static/courses",
    static_url_path="/static/courses",
)

blueprint.add_app_template_filter(language_name)
blueprint.add_app_template_filter(level_name)
