"""Pages of courses."""

from academy.courses.views import catalogue, editing, enrolment, teaching, uploads
from academy.courses.views.blueprint import blueprint

__all__ = ["blueprint", "catalogue", "editing", "enrolment", "teaching", "uploads"]
