"""Builds the demonstration packages (SCORM 1.2) from their sources, byte for byte the same each time."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

Json = dict[str, Any]

AVAILABLE: tuple[tuple[str, str], ...] = (
    ("DEMO-C1", "en"),
    ("DEMO-C1", "ru"),
    ("DEMO-C6", "en"),
    ("DEMO-C6", "ru"),
)

SOURCES = Path(__file__).parent / "packages"
ENGINE = SOURCES / "_engine"
STYLES = ("style.css", "pages.css", "questions.css")
SCRIPTS = ("scorm.js", "paving.js", "blocks.js", "questions.js", "memory.js", "pages.js", "player.js")
OLDEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Sco:
    """One launchable part of a package: how the manifest names it, and what its page shows."""

    key: str
    identifier: str
    title: str
    pass_mark: int | None
    lesson: Json


def build(code: str, language: str) -> bytes:
    """Return the package of a course in a language as a zip.

    Raises LookupError when there is no such package in AVAILABLE.
    """
    if (code, language) not in AVAILABLE:
        raise LookupError(f"no demonstration package of {code} in {language}")
    return _zipped(_files(code, language))


def _files(code: str, language: str) -> dict[str, str]:
    course = _read(SOURCES / code.lower() / "course.json")
    content = _read(SOURCES / code.lower() / f"content.{language}.json")
    words = _read(ENGINE / f"words.{language}.json")
    scos = _scos(course, content)

    manifest = _render(
        "imsmanifest.xml",
        code=code,
        version=course["version"],
        language=language,
        title=content["title"],
        description=content["description"],
        scos=scos,
        engine=STYLES + SCRIPTS,
    )
    files = {"imsmanifest.xml": manifest}
    for sco in scos:
        page = {"key": sco.key, "title": sco.title, "theme": course["theme"], "language": language}
        files[f"{sco.key}.html"] = _render("page.html", words=words, styles=STYLES, scripts=SCRIPTS, **page)
        files[f"content/{sco.key}.js"] = _content_script({**sco.lesson, "words": words})
    for name in STYLES + SCRIPTS:
        files[f"engine/{name}"] = (ENGINE / name).read_text(encoding="utf-8")
    return files


def _scos(course: Json, content: Json) -> list[Sco]:
    scos = []
    for part in course["scos"]:
        lesson = {
            **content["scos"][part["key"]],
            "passMark": part["pass_mark"],
            "pictures": course["pictures"],
        }
        scos.append(Sco(title=lesson["title"], lesson=lesson, **part))
    return scos


def _read(path: Path) -> Json:
    data: Json = json.loads(path.read_text(encoding="utf-8"))
    return data


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values) + "\n"


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ENGINE), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _content_script(lesson: Json) -> str:
    return f"window.LESSON = {json.dumps(lesson, ensure_ascii=False, separators=(',', ':'))};\n"


def _zipped(files: dict[str, str]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, date_time=OLDEST_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            package.writestr(entry, text.encode("utf-8"), compresslevel=9)
    return archive.getvalue()
