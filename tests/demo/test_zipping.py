"""The demonstration packages are complete, valid, and the same activity in both languages."""

import io
import json
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest

from academy.demo import zipping

CP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
ADL = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
LOM = "{http://www.imsglobal.org/xsd/imsmd_rootv1p2p1}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SHARED = {"id", "kind", "correct", "name"}
CODES = ("DEMO-C1", "DEMO-C6")

every_package = pytest.mark.parametrize(("code", "language"), zipping.AVAILABLE)
every_course = pytest.mark.parametrize("code", CODES)


def opened(code: str, language: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(zipping.build(code, language)))


def manifest_of(code: str, language: str) -> ElementTree.Element:
    return ElementTree.fromstring(opened(code, language).read("imsmanifest.xml"))  # noqa: S314 -- our own text


def items_of(code: str, language: str) -> list[tuple[str | None, str | None]]:
    items = manifest_of(code, language).iter(f"{CP}item")
    return [(item.get("identifier"), item.findtext(f"{ADL}masteryscore")) for item in items]


def lessons_of(code: str, language: str) -> list[dict[str, Any]]:
    package = opened(code, language)
    scripts = [name for name in package.namelist() if name.startswith("content/")]
    texts = [package.read(name).decode() for name in scripts]
    return [json.loads(text.removeprefix("window.LESSON = ").removesuffix(";\n")) for text in texts]


def questions_of(lesson: dict[str, Any]) -> list[dict[str, Any]]:
    asked = [page["question"] for page in lesson["pages"] if "question" in page]
    return asked + lesson.get("check", {}).get("questions", [])


def skeleton(value: object) -> object:
    """Return the value without its sentences: what both languages must have in common."""
    if isinstance(value, dict):
        return {
            key: value[key] if key in {"id", "kind", "correct", "name"} else skeleton(value[key])
            for key in value
        }
    if isinstance(value, list):
        return [skeleton(entry) for entry in value]
    return type(value).__name__


@every_package
def test_build_twice_gives_the_same_bytes(code: str, language: str) -> None:
    assert zipping.build(code, language) == zipping.build(code, language)


@every_package
def test_build_stays_small_and_starts_with_the_manifest(code: str, language: str) -> None:
    package = zipping.build(code, language)

    assert len(package) < 150_000
    assert opened(code, language).namelist()[0] == "imsmanifest.xml"


def test_build_of_an_unknown_package_is_refused() -> None:
    with pytest.raises(LookupError, match="DEMO-C1 in de"):
        zipping.build("DEMO-C1", "de")


@every_package
def test_manifest_lists_exactly_the_files_of_the_package(code: str, language: str) -> None:
    listed = [file.get("href") for file in manifest_of(code, language).iter(f"{CP}file")]

    assert sorted(["imsmanifest.xml", *filter(None, listed)]) == sorted(opened(code, language).namelist())


@every_package
def test_manifest_says_standard_title_and_language(code: str, language: str) -> None:
    manifest = manifest_of(code, language)
    content = json.loads((zipping.SOURCES / code.lower() / f"content.{language}.json").read_text())
    general = manifest.find(f".//{LOM}general")
    assert general is not None
    strings = [(string.get(LANG), string.text) for string in general.iter(f"{LOM}langstring")]

    assert manifest.findtext(f"{CP}metadata/{CP}schema") == "ADL SCORM"
    assert manifest.findtext(f"{CP}metadata/{CP}schemaversion") == "1.2"
    assert manifest.findtext(f".//{CP}organization/{CP}title") == content["title"]
    assert general.findtext(f"{LOM}language") == language
    assert strings == [(language, content["title"]), (language, content["description"])]


@every_package
def test_manifest_resources_launch_scos_that_depend_on_the_engine(code: str, language: str) -> None:
    manifest = manifest_of(code, language)
    resources = {resource.get("identifier"): resource for resource in manifest.iter(f"{CP}resource")}
    launched = [resources[item.get("identifierref")] for item in manifest.iter(f"{CP}item")]

    for resource in launched:
        dependency = resource.find(f"{CP}dependency")
        assert resource.get(f"{ADL}scormtype") == "sco"
        assert resource.get("href") in opened(code, language).namelist()
        assert dependency is not None
        assert resources[dependency.get("identifierref")].get(f"{ADL}scormtype") == "asset"


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("DEMO-C1", [("DEMO-C1-SCO-1", "70")]),
        ("DEMO-C6", [("DEMO-C6-SCO-1", None), ("DEMO-C6-SCO-2", None), ("DEMO-C6-SCO-3", "60")]),
    ],
)
def test_both_languages_have_the_same_items_and_pass_marks(
    code: str, items: list[tuple[str, str | None]]
) -> None:
    assert items_of(code, "en") == items
    assert items_of(code, "ru") == items


@every_course
def test_both_languages_have_the_same_pages_questions_and_answers(code: str) -> None:
    english = [{**lesson, "words": None} for lesson in lessons_of(code, "en")]
    russian = [{**lesson, "words": None} for lesson in lessons_of(code, "ru")]

    assert skeleton(english) == skeleton(russian)


def test_both_languages_have_the_same_words_and_placeholders() -> None:
    english, russian = (
        json.loads((zipping.ENGINE / f"words.{language}.json").read_text()) for language in ("en", "ru")
    )

    assert list(english) == list(russian)
    assert {key: sorted(re.findall(r"{\w+}", english[key])) for key in english} == {
        key: sorted(re.findall(r"{\w+}", russian[key])) for key in russian
    }


@every_package
def test_questions_are_unique_and_their_answers_exist(code: str, language: str) -> None:
    questions = [question for lesson in lessons_of(code, language) for question in questions_of(lesson)]
    identifiers = [question["id"] for question in questions]

    assert len(identifiers) == len(set(identifiers))
    for question in questions:
        options = [option["id"] for option in question.get("options", [{"id": "t"}, {"id": "f"}])]
        assert question["correct"]
        assert set(question["correct"]) < set(options)
        assert question["kind"] == "several" or len(question["correct"]) == 1


@every_package
def test_pictures_exist_and_are_rectangles(code: str, language: str) -> None:
    for lesson in lessons_of(code, language):
        pages = [*lesson["pages"], lesson.get("check", {}).get("intro", {})]
        used = {page["picture"]["name"] for page in pages if "picture" in page}
        assert used <= set(lesson["pictures"])
        for picture in lesson["pictures"].values():
            assert len({len(row.split(" ")) for row in picture["plan"]}) == 1


@every_package
def test_pages_say_their_language_and_load_nothing_from_outside(code: str, language: str) -> None:
    package = opened(code, language)
    texts = {name: package.read(name).decode() for name in package.namelist()}
    pages = [text for name, text in texts.items() if name.endswith(".html")]
    shown = [text for name, text in texts.items() if name != "imsmanifest.xml"]

    assert all(f'<html lang="{language}">' in page for page in pages)
    assert not [text for text in shown if re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)]
