"""The blueprint that every page of courses attaches to, and the policy of those that trainers use."""

from flask import Blueprint

from academy.courses.words import audience_names, language_name, language_names, level_name
from academy.security import access

trainers = access.roles("trainer", "administrator")

blueprint = Blueprint(
    "courses",
    __name__,
    template_folder="../templates",
    static_folder="../static/courses",
    static_url_path="/static/courses",
)

for name in (audience_names, language_name, language_names, level_name):
    blueprint.add_app_template_filter(name)
