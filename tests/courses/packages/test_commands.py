import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from academy.courses import queries
from academy.courses.commands.packages import packages_group
from academy.courses.models import Course
from academy.db import db
from tests.factories import courses
from tests.packages import scorm12
from tests.packages.scorm12 import Sco

Save = Callable[..., Path]


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    """Return a function that runs a command of packages."""
    runner = app.test_cli_runner()

    def invoke(*arguments: object) -> Result:
        db.session.commit()
        result = runner.invoke(packages_group, [str(argument) for argument in arguments])
        db.session.expire_all()
        return result

    return invoke


def as_json(result: Result) -> Any:
    return json.loads(result.stdout)


def tops(course: Course) -> list[dict[str, str]]:
    return [one.title for one in course.activities if one.parent_id is None]


def test_check_accepts_a_package(run: Callable[..., Result], save: Save) -> None:
    path = save(scorm12.package(title="Golf"), "golf.zip")

    plain, data = run("check", path), run("check", path, "--json")

    assert (plain.exit_code, plain.stdout.replace("\xa0", " ").splitlines()) == (
        0,
        [
            "Accepted: Golf (scorm-1.2), activities: 1, files: 2",
            "  First part (index.html)",
            "Archive: 1 kB, files: 1 kB, largest file: imsmanifest.xml (1 kB)",
            "Scripts: files 0, in pages 0",
            "Languages, guessed: English",
            "Made with: -",
        ],
    )
    assert data.exit_code == 0
    assert {key: as_json(data)[key] for key in ("accepted", "standard", "activities", "findings")} == {
        "accepted": True,
        "standard": "scorm-1.2",
        "activities": 1,
        "findings": [],
    }


def test_check_tells_what_the_files_hold(run: Callable[..., Result], save: Save) -> None:
    parts = [Sco("h", "Heading\x9b", "", children=[Sco("i", "Part", "a.html")])]
    pages = {
        "a.html": "<script>1</script><img src='https://cdn.example.net/a'>"
        "<a href='https://iom.int'>для людей и не только</a>",
        "story_content/b.js": "x = 'https://iom.int/x'",
    }
    path = save(scorm12.package(parts, more=pages, title="Golf"), "golf.zip")

    plain, data = run("check", path), run("check", path, "--json")

    assert plain.stdout.splitlines()[1:3] == ["  Heading\\x9b", "    Part (a.html)"]
    assert plain.stdout.splitlines()[4:] == [
        "Scripts: files 1, in pages 1",
        "Languages, guessed: Russian",
        "Made with: Articulate Storyline",
        "Loads from cdn.example.net (blocked): a.html",
        "Names iom.int: a.html, story_content/b.js",
        "warning: a.html:1 <img>: Files are loaded from cdn.example.net; this is blocked, "
        "and parts of the content may not work. [outside-hosts-loaded]",
        "info: a.html:1: The content names other hosts: iom.int [outside-hosts-named]",
    ]
    assert as_json(data)["hosts"][1] == {
        "host": "iom.int",
        "loaded": False,
        "file_count": 2,
        "files": ["a.html", "story_content/b.js"],
    }


def test_check_refuses_with_the_reasons(run: Callable[..., Result], save: Save) -> None:
    path = save(
        scorm12.package([Sco(href="", extra="<adlcp:masteryscore>x</adlcp:masteryscore>")]), "bad.zip"
    )

    plain, data = run("check", path), run("check", path, "--json")

    assert (plain.exit_code, plain.stdout.splitlines()) == (
        1,
        [
            "Refused: bad.zip",
            "error: imsmanifest.xml:2 <manifest>: Nothing in the package can be opened: "
            "no item leads to a file of the package. [no-launchable-item]",
            "warning: imsmanifest.xml:5 <item>: The mastery score “x” is not a number from 0 to 100; "
            "it was ignored. [mastery-score-invalid]",
        ],
    )
    assert (data.exit_code, as_json(data)["accepted"]) == (1, False)
    assert as_json(data)["findings"][0] == {
        "severity": "error",
        "code": "no-launchable-item",
        "message": "Nothing in the package can be opened: no item leads to a file of the package.",
        "file": "imsmanifest.xml",
        "line": 2,
        "element": "manifest",
        "facts": {},
    }


def test_check_of_a_file_that_is_not_there_is_unusable(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("check", tmp_path / "missing.zip").exit_code == 2
    assert run("check", tmp_path).exit_code == 2
    assert run("check").exit_code == 2


def test_import_adds_activities_and_puts_them_into_force_where_published(
    run: Callable[..., Result], save: Save
) -> None:
    course, draft = courses.course(code="GOLF"), courses.course(code="DRAFT", status="draft")
    path = save(scorm12.package([Sco("a"), Sco("b")], title="Golf"))

    plain, data = run("import", path, "--course", "GOLF"), run("import", path, "--course", "DRAFT", "--json")

    assert (plain.exit_code, plain.stdout) == (0, "Imported into GOLF: Golf [en], activities: 2\n")
    assert data.exit_code == 0
    assert as_json(data) == {
        "course": "DRAFT",
        "activity": str(draft.activities[0].public_id),
        "title": {"en": "Golf"},
        "language": "en",
        "standard": "scorm-1.2",
        "activities": 2,
        "findings": [],
    }
    assert [leaf.identifier for leaf in queries.leaves(course)] == ["a", "b"]
    assert queries.latest_release(draft) is None


def test_import_in_another_language_becomes_the_variant(run: Callable[..., Result], save: Save) -> None:
    course = courses.course(code="GOLF")
    english, russian = (
        save(scorm12.package(title="Golf"), "en.zip"),
        save(scorm12.package(title="Гольф"), "ru.zip"),
    )

    run("import", english, "--course", "GOLF", "--language", "en")
    run("import", russian, "--course", "GOLF", "--language", "ru")
    after_both = tops(course)
    run("import", russian, "--course", "GOLF", "--language", "ru", "--new")
    run("import", english, "--course", "GOLF")

    assert after_both == [{"en": "Golf", "ru": "Гольф"}]
    db.session.expire_all()
    assert tops(course) == [{"en": "Golf", "ru": "Гольф"}, {"ru": "Гольф"}, {"en": "Golf"}]


def test_import_of_a_bad_package_or_into_no_course_is_refused(run: Callable[..., Result], save: Save) -> None:
    course = courses.course(code="GOLF")
    good, bad = save(scorm12.package()), save(b"no zip", "bad.zip")
    damaged = bytearray(scorm12.package(more={"z.bin": bytes(range(256))}))
    damaged[damaged.index(b"z.bin") + 20] ^= 255
    broken = save(bytes(damaged), "broken.zip")

    results = [
        run("import", bad, "--course", "GOLF"),
        run("import", broken, "--course", "GOLF"),
        run("import", good, "--course", "NONE"),
    ]

    assert [result.exit_code for result in results] == [1, 1, 1]
    assert results[0].stdout == "Refused: bad.zip\nerror: This file is not a zip archive. [not-a-zip]\n"
    assert results[1].stdout.startswith("Refused: broken.zip\nerror: z.bin: The file is damaged")
    assert tops(course) == []
    assert run("import", good, "--course", "GOLF", "--language", "de").exit_code == 2
