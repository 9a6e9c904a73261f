import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from academy import storage
from academy.courses.models import Activity, Course, Package, PackageFile, PackageVersion
from academy.courses.packages import importing
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.importing import Destination, guessed_language, import_package, lacking
from academy.courses.packages.keeping import discard, storage_key
from academy.courses.packages.outline import Item, Outline, from_json, leaves
from academy.db import db
from academy.errors import Conflict
from tests import stores
from tests.factories import accounts, courses
from tests.packages import scorm12, zips
from tests.packages.scorm12 import Sco
from tests.packages.zips import Raw

Save = Callable[..., Path]
PARTS = [Sco("a", "One"), Sco("b", "Two", "b.html", kind="asset")]
RUSSIAN = [Sco("a", "Один"), Sco("b", "Два", "b.html", kind="asset")]


@pytest.fixture
def course(app: Flask) -> Course:
    """Return the course to import into, beside another with a package of its own."""
    courses.published_course_with_sco()
    made = courses.course()
    db.session.commit()
    return made


def kept_files() -> set[str]:
    return {key.rpartition("/")[2] for key in stores.kept("packages")}


def rows() -> dict[str, int]:
    return {
        model.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        for model in (Activity, Package, PackageVersion, PackageFile)
    }


def bring(path: Path, course: Course, language: str = "en", **options: Any) -> PackageVersion:
    destination = Destination(course.id, language, **options)
    version = import_package(path, filename=path.name, destination=destination)
    db.session.commit()
    return version


def shape(activity: Activity) -> list[tuple[str | None, str, int, dict[str, str], bool, bool]]:
    return [
        (leaf.identifier, leaf.kind, leaf.position, leaf.title, leaf.launchable, leaf.removed)
        for leaf in activity.children
    ]


def test_package_becomes_an_activity_with_leaves_and_files(course: Course, save: Save) -> None:
    author = accounts.person()
    files = scorm12.files(
        PARTS, title="Golf", more={"Media/Ж.bin": b"\0" * 5_000_000, "copy.html": scorm12.PAGE}
    )
    path = save(zips.plain(files), "golf.zip")

    version = bring(path, course, imported_by_id=author.id)

    activity = version.package.activity
    assert (activity.course_id, activity.kind, activity.parent_id) == (course.id, "scorm-1.2", None)
    assert activity.title == {"en": "Golf"}
    assert shape(activity) == [
        ("a", "sco", 0, {"en": "One"}, True, False),
        ("b", "asset", 1, {"en": "Two"}, True, False),
    ]
    assert version.leaves == {str(leaf.public_id): leaf.identifier for leaf in activity.children}
    assert version.package.current is version
    assert (version.number, version.standard, version.file_name) == (1, "scorm-1.2", "golf.zip")
    assert (version.size, version.imported_by_id) == (path.stat().st_size, author.id)
    assert version.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [item.identifier for item in leaves(from_json(version.outline))] == ["a", "b"]

    found = db.session.scalars(sa.select(PackageFile).where(PackageFile.version_id == version.id)).all()
    assert {(one.path, one.folded, one.size) for one in found} == {
        (name, name.casefold(), len(content.encode() if isinstance(content, str) else content))
        for name, content in files.items()
    }
    assert version.content_size == sum(one.size for one in found)
    for one in found:
        content = files[one.path]
        assert storage.read(storage_key(one.sha256)) == (
            content.encode() if isinstance(content, str) else content
        )
    assert kept_files() == {one.sha256 for one in found}
    assert len(kept_files()) == len(files) - 2


def test_second_language_is_a_variant_with_the_same_leaves(course: Course, save: Save) -> None:
    english = bring(save(scorm12.package(PARTS, title="Golf")), course)
    activity = english.package.activity

    russian = bring(save(scorm12.package(RUSSIAN, title="Гольф")), course, "ru", activity_id=activity.id)

    assert russian.package.activity is activity
    assert sorted(package.language for package in activity.packages) == ["en", "ru"]
    assert activity.title == {"en": "Golf", "ru": "Гольф"}
    assert russian.leaves == english.leaves
    assert [leaf.title for leaf in activity.children] == [
        {"en": "One", "ru": "Один"},
        {"en": "Two", "ru": "Два"},
    ]


def test_variant_with_other_identifiers_is_matched_by_position(course: Course, save: Save) -> None:
    english = bring(save(scorm12.package(PARTS)), course)
    other = [Sco("x", "Один"), Sco("y", "Два", "b.html")]

    russian = bring(save(scorm12.package(other)), course, "ru", activity_id=english.package.activity_id)

    leaves = [str(leaf.public_id) for leaf in english.package.activity.children]
    assert russian.leaves == dict(zip(leaves, ["x", "y"], strict=True))


def test_variant_with_another_number_of_items_gets_leaves_of_its_own(course: Course, save: Save) -> None:
    english = bring(save(scorm12.package(PARTS)), course)
    other = [Sco("a", "Один"), Sco("y", "Два", "b.html"), Sco("z", "Три", "b.html")]

    russian = bring(save(scorm12.package(other)), course, "ru", activity_id=english.package.activity_id)

    activity = english.package.activity
    db.session.refresh(activity)
    assert sorted(str(leaf.identifier) for leaf in activity.children) == ["a", "b", "y", "z"]
    assert not any(leaf.removed for leaf in activity.children)
    assert len(set(russian.leaves) & set(english.leaves)) == 1


def test_new_version_keeps_leaves_by_identifier_and_retires_the_others(course: Course, save: Save) -> None:
    first = bring(save(scorm12.package(PARTS)), course)
    activity = first.package.activity

    second = bring(save(scorm12.package([Sco("b"), Sco("c")])), course, activity_id=activity.id)

    db.session.refresh(activity)
    assert (first.number, second.number, second.package.current) == (1, 2, second)
    states = {leaf.identifier: (leaf.launchable, leaf.removed) for leaf in activity.children}
    assert states == {"a": (False, True), "b": (True, False), "c": (True, False)}
    assert set(second.leaves.values()) == {"b", "c"}

    third = bring(save(scorm12.package(PARTS)), course, activity_id=activity.id)
    db.session.refresh(activity)
    assert {leaf.identifier: leaf.removed for leaf in activity.children} == {
        "a": False,
        "b": False,
        "c": True,
    }
    assert third.leaves == first.leaves


def test_same_package_again_changes_nothing(course: Course, save: Save) -> None:
    path = save(scorm12.package(PARTS))
    first = bring(path, course)
    before = rows()

    again = bring(path, course, activity_id=first.package.activity_id)

    assert again is first
    assert rows() == before


@pytest.mark.parametrize(
    "content",
    [
        b"no zip",
        scorm12.package(PARTS)[:-40],
        zips.plain({"readme.txt": "no manifest"}),
        zips.plain({"imsmanifest.xml": "<manifest>"}),
        scorm12.package([Sco(href="")]),
        zips.build([Raw(b"imsmanifest.xml", scorm12.manifest().encode()), Raw(b"../x")]),
        zips.build(
            [
                Raw(b"imsmanifest.xml", scorm12.manifest().encode()),
                Raw(b"index.html", b"first a good file"),
                Raw(b"big.bin", b"x" * 5_000_000),
                Raw(b"bad.bin", crc=1),
            ]
        ),
    ],
)
def test_refused_package_leaves_no_row_and_no_file(course: Course, save: Save, content: bytes) -> None:
    bring(save(scorm12.package(PARTS)), course)
    before = rows(), kept_files()

    with pytest.raises(PackageRefused):
        bring(save(content), course)

    db.session.rollback()
    assert (rows(), kept_files()) == before


def test_failure_while_writing_rows_leaves_nothing_but_what_others_have(
    course: Course, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(save(scorm12.package(PARTS)), course)
    before = rows(), kept_files()
    monkeypatch.setattr(importing, "_add_files", lambda version, kept: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        bring(save(scorm12.package(PARTS, more={"new.txt": "new"})), course)

    assert (rows(), kept_files()) == before


def test_discard_removes_only_what_no_version_has(course: Course, save: Save) -> None:
    bring(save(scorm12.package(PARTS)), course)
    before = kept_files()
    storage.put(storage_key("f" * 64), b"left over")

    discard(before | {"f" * 64})

    assert kept_files() == before


def test_files_that_vanished_meanwhile_are_a_conflict(
    course: Course, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(share: float, stage: str) -> None:
        if share == 0.96:
            storage.delete(storage_key(hashlib.sha256(b"vanishing").hexdigest()))

    path = save(scorm12.package(PARTS, more={"x.txt": "vanishing"}))
    with pytest.raises(Conflict):
        import_package(path, filename="x.zip", destination=Destination(course.id, "en"), progress=lose)

    assert kept_files() == set()


def test_progress_rises_to_the_end(course: Course, save: Save) -> None:
    shown: list[float] = []
    path = save(scorm12.package(PARTS, more={"big.bin": bytes(range(256)) * 20_000}))

    import_package(
        path,
        filename="x.zip",
        destination=Destination(course.id, "en"),
        progress=lambda share, stage: shown.append(share),
    )

    assert shown == sorted(shown)
    assert shown[-1] == 0.96
    assert 10 < len(shown) < 60


def test_activity_that_lacks_a_language_is_found_by_its_items_else_the_last(
    course: Course, save: Save
) -> None:
    first = bring(save(scorm12.package(PARTS)), course).package.activity
    last = bring(save(scorm12.package([Sco("z")])), course).package.activity

    assert lacking(course, "ru", {"a", "b"}) is first
    assert lacking(course, "ru", {"other"}) is last
    assert lacking(course, "en", {"a", "b"}) is None
    assert lacking(courses.course(), "ru", {"a"}) is None

    bring(save(scorm12.package([Sco("z", "Я")])), course, "ru", activity_id=last.id)
    assert lacking(course, "ru", {"other"}) is None


def test_language_is_guessed_from_metadata_then_from_letters() -> None:
    def outline(title: str, language: str | None = None) -> Outline:
        return Outline("scorm-1.2", "m", title, "o", (Item("i", "Part 1"),), language=language)

    assert guessed_language(outline("Golf")) == "en"
    assert guessed_language(outline("Основы пограничного контроля")) == "ru"
    assert guessed_language(outline("Golf", "ru-RU")) == "ru"
    assert guessed_language(outline("Golf", "de")) == "en"
