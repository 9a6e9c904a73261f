from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from academy.courses.packages import checking
from academy.courses.packages.archive import open_archive
from academy.courses.packages.limits import Limits
from tests.packages import scorm12, zips
from tests.packages.scorm12 import PAGE, Sco
from tests.packages.zips import Raw

Save = Callable[..., Path]


def codes(report: checking.Report) -> list[tuple[str, str]]:
    return [(one.severity, one.code) for one in report.findings]


def test_ordinary_package_is_accepted(save: Save) -> None:
    path = save(scorm12.package([Sco("a"), Sco("b", "Second", "b.html")], title="Курс", more={"x.js": "1"}))

    report = checking.check(path, filename="course.zip")

    assert checking.report_json(report) == {
        "accepted": True,
        "standard": "scorm-1.2",
        "activities": 2,
        "findings": [],
        "file": "course.zip",
        "title": "Курс",
        "outline": [
            {"identifier": "a", "title": "First part", "kind": "sco", "launch": "index.html"},
            {"identifier": "b", "title": "Second", "kind": "sco", "launch": "b.html"},
        ],
        "files": 4,
        "size": path.stat().st_size,
        "content_size": report.content_size,
        "tool": None,
        "languages": ["en"],
        "scripts": {"files": 1, "inline": 0},
        "largest": {"file": "imsmanifest.xml", "size": 796},
        "hosts": [],
    }
    assert (
        report.content_size
        == len(scorm12.manifest([Sco("a"), Sco("b", "Second", "b.html")], title="Курс").encode())
        + 2 * len(PAGE)
        + 1
    )


def test_package_in_a_folder_is_taken_from_there(save: Save) -> None:
    files = {f"My course/{name}": content for name, content in scorm12.files().items()}

    report = checking.check(save(zips.plain({**files, "readme.txt": "aside"})))

    assert report.accepted
    assert codes(report) == [("warning", "manifest-in-folder")]
    assert report.files == {name.removeprefix("My course/"): name for name in files}
    assert report.outline is not None
    assert (report.outline.root, report.outline.items[0].launch) == ("My course/", "index.html")


@pytest.mark.parametrize(
    ("raw", "flags", "href", "launch"),
    [
        ("Урок 1/index.html".encode(), zips.UTF8, "Урок 1/index.html", "Урок 1/index.html"),
        ("Урок 1/index.html".encode("cp866"), 0, "Урок%201/index.html?a=1", "Урок 1/index.html?a=1"),
        ("Урок 1\\index.html".encode("cp1251"), 0, "урок 1/INDEX.html#top", "Урок 1/index.html#top"),
        ("Übung\\index.html".encode("cp437"), 0, "%C3%9Cbung\\index.html", "Übung/index.html"),
        ("Краи\u0306/index.html".encode(), zips.UTF8, "Край/index.html", "Край/index.html"),
        ("Край/index.html".encode(), zips.UTF8, "Краи\u0306/index.html", "Край/index.html"),
        ("Край/index.html".encode(), 0, "%D0%9A%D1%80%D0%B0%D0%B9/index.html", "Край/index.html"),
        ("Край/index.html".encode("cp1251"), 0, "%CA%F0%E0%E9/index.html", "Край/index.html"),
    ],
)
def test_address_finds_its_file_whatever_wrote_the_names(
    save: Save, raw: bytes, flags: int, href: str, launch: str
) -> None:
    manifest = scorm12.manifest([Sco(href=href)]).encode()
    entries = [Raw(b"imsmanifest.xml", manifest), Raw(b"index.html"), Raw(b"x/index.html")]

    report = checking.check(save(zips.build([*entries, Raw(raw, flags=flags)])))

    assert report.outline is not None
    assert unquote(report.outline.items[0].launch) == launch


def test_package_without_title_is_named_after_its_file(save: Save) -> None:
    report = checking.check(save(scorm12.package(title="")), filename="Border basics.zip")

    assert report.outline is not None
    assert report.outline.title == "Border basics"


@pytest.mark.parametrize(
    ("content", "standard", "found"),
    [
        (b"no zip", None, [("error", "not-a-zip")]),
        (scorm12.package()[:-30], None, [("error", "zip-cut-off")]),
        (zips.plain({}), None, [("error", "no-manifest")]),
        (zips.plain({"readme.txt": "x"}), None, [("error", "no-manifest")]),
        (zips.plain({"imsmanifest.xml": "<manifest>"}), None, [("error", "xml-broken")]),
        (zips.plain({"imsmanifest.xml": "<html/>"}), None, [("error", "manifest-root")]),
        (
            scorm12.package([Sco(href="")]),
            "scorm-1.2",
            [("error", "no-launchable-item")],
        ),
        (zips.plain({"index.html": PAGE}), "web", [("error", "standard-not-yet")]),
        (zips.plain({"tincan.xml": "<tincan/>"}), "xapi", [("error", "standard-not-yet")]),
        (zips.plain({"cmi5.xml": "<x/>"}), "cmi5", [("error", "standard-not-yet")]),
        (zips.plain({"a.crs": "", "a.au": ""}), None, [("error", "standard-not-yet")]),
        (
            zips.plain({"a/imsmanifest.xml": "<manifest/>", "b/imsmanifest.xml": "<manifest/>"}),
            None,
            [("error", "several-manifests")],
        ),
    ],
)
def test_what_an_upload_would_refuse_is_refused(
    save: Save, content: bytes, standard: str | None, found: list[tuple[str, str]]
) -> None:
    report = checking.check(save(content))

    assert not report.accepted
    assert report.standard == standard
    assert codes(report) == found
    assert checking.report_json(report)["activities"] == 0


def test_standard_of_a_later_release_is_named(save: Save) -> None:
    manifest = scorm12.manifest().replace("1.2</schemaversion>", "2004 3rd Edition</schemaversion>")

    report = checking.check(save(zips.plain({"imsmanifest.xml": manifest})))

    assert report.standard == "scorm-2004-3rd"
    assert [one.message for one in report.findings if one.code == "standard-not-yet"] == [
        "This was recognised as SCORM 2004 3rd Edition. This release of the Academy cannot play it yet."
    ]


def test_manifest_above_its_limit_is_refused_unread(save: Save) -> None:
    report = checking.check(save(scorm12.package()), limits=Limits(manifest_bytes=100))

    assert codes(report) == [("error", "manifest-too-large")]


def test_damage_anywhere_is_found_unless_contents_are_left_aside(save: Save) -> None:
    entries = [Raw(name.encode(), str(text).encode()) for name, text in scorm12.files().items()]
    path = save(zips.build([*entries, Raw(b"film.mp4", crc=1)]))

    assert codes(checking.check(path)) == [("error", "zip-checksum")]
    assert checking.check(path, contents=False).accepted


def test_findings_name_file_line_and_element(save: Save) -> None:
    report = checking.check(
        save(scorm12.package([Sco("a"), Sco("b", extra="<adlcp:masteryscore>x</adlcp:masteryscore>")]))
    )

    assert [(one.code, one.file, one.line, one.element) for one in report.findings] == [
        ("mastery-score-invalid", "imsmanifest.xml", 6, "item")
    ]


def test_contents_pass_through_the_sink_whole(save: Save) -> None:
    files = scorm12.files(more={"big.bin": bytes(range(256)) * 4000})
    kept: dict[str, bytes] = {}

    with open_archive(save(zips.plain(files))) as archive:
        report = checking.examine(archive, filename="x.zip")
        checking.read_contents(
            archive, report, sink=lambda path, pieces: kept.update({path: b"".join(pieces)})
        )

    assert kept == {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}


def test_file_that_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        checking.check(tmp_path / "missing.zip")
