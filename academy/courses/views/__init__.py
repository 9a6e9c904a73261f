"""Pages of courses."""

from academy.courses.views import catalogue, editing, enrolment, player, teaching, uploads
from academy.courses.views.blueprint import blueprint

__all__ = ["blueprint", "catalogue", "editing", "enrolment", "player", "teaching", "uploads"]
