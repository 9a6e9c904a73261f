"""Changes to courses, by use: their parts, their releases, seats in them, and files on the way to them."""

from academy.courses.services.editing import (
    add_section,
    change_activity,
    change_texts,
    create,
    index_course,
    move_activity,
    move_section,
    put_activity_back,
    remove_activity,
    remove_section,
    rename_section,
)
from academy.courses.services.enrolment import enrol, withdraw
from academy.courses.services.releases import archive, publish, release

__all__ = [
    "add_section",
    "archive",
    "change_activity",
    "change_texts",
    "create",
    "enrol",
    "index_course",
    "move_activity",
    "move_section",
    "publish",
    "put_activity_back",
    "release",
    "remove_activity",
    "remove_section",
    "rename_section",
    "withdraw",
]
