"""Import a package into a course: files first, outside of any transaction, then all rows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from academy.courses.models import Activity, Course, Package, PackageFile, PackageVersion
from academy.courses.packages.checking import Report
from academy.courses.packages.keeping import Kept, are_present, discard, keep
from academy.courses.packages.names import folded
from academy.courses.packages.outline import Item, Outline, leaves, to_json, walk
from academy.db import db, lock, release
from academy.errors import Conflict
from academy.locale import LANGUAGES
from academy.transactions import Turn, take

STAGE_FILES = _l("Reading and keeping the files")
STAGE_ROWS = _l("Adding the activities to the course")

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Destination:
    """A course and a language, and the activity of which the package is a variant (None: a new one)."""

    course_id: int
    language: str
    activity_id: int | None = None
    imported_by_id: int | None = None


def import_package(
    path: Path,
    *,
    filename: str,
    destination: Destination,
    progress: Progress | None = None,
    told: Callable[[Report], None] | None = None,
) -> PackageVersion:
    """Read a package, keep its files, and make or renew the activity; return the new version, flushed.

    Raises PackageRefused. Ends the present transaction before the file work. On failure no row and no new
    file stays. The same zip imported again as the same variant changes nothing and returns that version.
    `told` gets the whole report of a package that is taken.
    """
    release()
    show = progress or (lambda share, stage: None)
    kept = keep(path, filename=filename, progress=lambda share: show(0.95 * share, str(STAGE_FILES)))
    try:
        if told:
            told(kept.report)
        show(0.96, str(STAGE_ROWS))
        version = _write(kept, destination)
        db.session.flush()
    except BaseException:
        db.session.rollback()
        discard(kept.new)
        raise
    return version


def _write(kept: Kept, destination: Destination) -> PackageVersion:
    lock(db.session.get_one(Course, destination.course_id))
    take(Turn.CONTENTS, db.session.connection())
    activity = _activity(kept, destination)
    if not are_present(kept):
        raise Conflict(_l("Another import removed files of this package. Import it again."))
    package = _package(activity, destination.language)
    if package.current and package.current.sha256 == kept.sha256:
        return package.current
    outline = kept.report.outline
    assert outline is not None
    found = leaves(outline)
    matched = match_leaves(activity.children, found, by_position=package.current is None)
    version = PackageVersion(
        package=package,
        number=max((one.number for one in package.versions), default=0) + 1,
        standard=str(kept.report.standard),
        file_name=kept.report.file_name,
        sha256=kept.sha256,
        size=kept.report.size,
        content_size=kept.report.content_size,
        outline=to_json(outline),
        findings=[one.to_json() for one in kept.report.findings],
        imported_by_id=destination.imported_by_id,
        leaves={},
    )
    db.session.add(version)
    for position, item in enumerate(found):
        matched[item.identifier] = _leaf(activity, item, matched.get(item.identifier), position=position)
        _name(matched[item.identifier], item.title, destination.language)
    db.session.flush()
    version.leaves = {str(leaf.public_id): identifier for identifier, leaf in matched.items()}
    package.current = version
    _add_files(version, kept)
    _retire_leaves(activity)
    return version


def _activity(kept: Kept, destination: Destination) -> Activity:
    outline = kept.report.outline
    assert outline is not None
    if destination.activity_id is not None:
        activity = db.session.get_one(Activity, destination.activity_id)
    else:
        course = db.session.get_one(Course, destination.course_id)
        last = max((one.position for one in course.activities if one.parent_id is None), default=-1)
        activity = Activity(course=course, kind=outline.standard, position=last + 1, title={})
        db.session.add(activity)
    _name(activity, outline.title, destination.language)
    db.session.flush()
    return activity


def _package(activity: Activity, language: str) -> Package:
    found = next((one for one in activity.packages if one.language == language), None)
    if found is None:
        found = Package(activity=activity, language=language)
        db.session.add(found)
    return found


def match_leaves(
    existing: Sequence[Activity], items: Sequence[Item], *, by_position: bool
) -> dict[str, Activity]:
    """Return which leaf activity each item is, by identifier.

    For the first package in another language items that match none are matched in their order, where as many
    leaves as items are left: translators' tools often make new identifiers.
    """
    known = {leaf.identifier: leaf for leaf in existing}
    matched = {item.identifier: known[item.identifier] for item in items if item.identifier in known}
    if by_position:
        taken = {leaf.identifier for leaf in matched.values()}
        free = [leaf for leaf in existing if leaf.identifier not in taken and not leaf.removed]
        open_items = [item for item in items if item.identifier not in matched]
        if len(free) == len(open_items):
            matched |= {item.identifier: leaf for item, leaf in zip(open_items, free, strict=True)}
    return matched


def _leaf(activity: Activity, item: Item, found: Activity | None, *, position: int) -> Activity:
    leaf = found or Activity(parent=activity, identifier=item.identifier, title={})
    leaf.course_id, leaf.section_id = activity.course_id, activity.section_id
    leaf.kind, leaf.position = item.kind or "asset", position
    leaf.launchable, leaf.removed = True, False
    db.session.add(leaf)
    return leaf


def _name(activity: Activity, title: str, language: str) -> None:
    """Give a title in a language; one that a trainer gave to the activity itself stays."""
    if activity.parent_id is not None or activity.parent is not None or not activity.title.get(language):
        activity.title = {**activity.title, language: title}


def _add_files(version: PackageVersion, kept: Kept) -> None:
    rows = [
        {
            "version_id": version.id,
            "path": file.path,
            "folded": folded(file.path),
            "sha256": file.sha256,
            "size": file.size,
        }
        for file in kept.files
    ]
    db.session.execute(sa.insert(PackageFile), rows)


def _retire_leaves(activity: Activity) -> None:
    """Mark leaves that no current variant has any more; their records stay."""
    db.session.flush()
    present = {public_id for one in activity.packages if one.current for public_id in one.current.leaves}
    for leaf in activity.children:
        if str(leaf.public_id) not in present:
            leaf.removed, leaf.launchable = True, False


def lacking(course: Course, language: str, identifiers: set[str]) -> Activity | None:
    """Return the package activity of which a package in `language` should become the variant, or None.

    It lacks the language, and has the same items (`identifiers`), or is the last package of the course.
    """
    packaged = [
        one for one in course.activities if one.parent_id is None and one.packages and not one.removed
    ]
    open_ones = [one for one in packaged if all(package.language != language for package in one.packages)]
    for activity in open_ones:
        if identifiers == {str(leaf.identifier) for leaf in activity.children if not leaf.removed}:
            return activity
    return packaged[-1] if packaged and packaged[-1] in open_ones else None


def guessed_language(outline: Outline) -> str:
    """Guess English or Russian from the metadata, else from the letters of the titles."""
    if outline.language and outline.language.lower()[:2] in LANGUAGES:
        return outline.language.lower()[:2]
    titles = outline.title + "".join(item.title for item in walk(outline.items))
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in titles)
    latin = sum(letter.isascii() and letter.isalpha() for letter in titles)
    return "ru" if cyrillic > latin else "en"
