"""Templates keep to the components and icons that exist, and every text can be translated."""

import re
from collections.abc import Iterator
from pathlib import Path

from tools import build_assets

ACADEMY = Path(__file__).resolve().parents[2] / "academy"
COMPONENTS = ACADEMY / "templates/components"
TEMPLATES = sorted(path for path in ACADEMY.rglob("templates/**/*.html") if "node_modules" not in path.parts)
STYLES = {path.stem for path in (ACADEMY / "static/css/components").glob("*.css")}
STYLED_ELSEWHERE = {
    "breadcrumb",
    "error-summary",
    "plain",
    "matrix-cell",
}  # page-head, alert, field, matrix


def imports(text: str) -> Iterator[tuple[str, str]]:
    for file, names in re.findall(r'{%-?\s*from "components/([\w-]+)\.html" import ([^%]+?)-?%}', text):
        for name in re.sub(r"\s+with(out)? context\s*", "", names).split(","):
            original, _, alias = name.strip().partition(" as ")
            yield f"{file}.{original}", alias or original


def defined() -> set[str]:
    return {
        f"{path.stem}.{name}"
        for path in COMPONENTS.glob("*.html")
        for name in re.findall(r"{%-?\s*macro (\w+)\(", path.read_text("utf-8"))
    }


def test_every_imported_macro_exists() -> None:
    asked = {(name, path.name) for path in TEMPLATES for name, _ in imports(path.read_text("utf-8"))}

    assert sorted(pair for pair in asked if pair[0] not in defined()) == []


def test_every_imported_macro_is_used() -> None:
    idle = [
        f"{path.name}: {alias}"
        for path in TEMPLATES
        for _, alias in imports(path.read_text("utf-8"))
        if not re.search(rf"\b{alias}\b", re.sub(r"{%-?\s*from [^%]+%}", "", path.read_text("utf-8")))
    ]

    assert idle == []


def test_every_component_says_what_it_is_and_has_a_stylesheet() -> None:
    silent = [
        path.name for path in COMPONENTS.glob("*.html") if not path.read_text("utf-8").startswith("{# ")
    ]
    bare = {path.stem for path in COMPONENTS.glob("*.html")} - STYLES - STYLED_ELSEWHERE

    assert (silent, bare) == ([], set())


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {
        (name, path.name)
        for path in TEMPLATES
        for name in re.findall(r'\b(?:icon|draw)\("([\w-]+)"|icon="([\w-]+)"', path.read_text("utf-8"))
        for name in name
        if name
    }

    assert sorted(pair for pair in named if not known_icon(pair[0])) == []


def known_icon(name: str) -> bool:
    """Say whether the sprite has it; a name that ends in a dash is put together."""
    return name in build_assets.ICONS or any(
        icon.startswith(name) for icon in build_assets.ICONS if name[-1] == "-"
    )


def test_the_sprite_holds_every_icon() -> None:
    sprite = (ACADEMY / "static/vendor/icons.svg").read_text("utf-8")

    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == set(build_assets.ICONS)


def test_no_text_stands_outside_of_translation() -> None:
    untranslated = [
        f"{path.name}: {text.strip()}"
        for path in TEMPLATES
        if "mail" not in path.parts and path.name != "document.html"  # written in its own language
        for text in texts(path.read_text("utf-8"))
    ]

    assert untranslated == []


def texts(source: str) -> list[str]:
    """Return the words between tags, after everything of Jinja is taken away."""
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    return re.findall(
        r">[^<>]*?([A-Za-z]{3,}[^<>]*)<",
        re.sub(r"<(script|style|code)\b.*?</\1>|&\w+;", "", bare, flags=re.DOTALL),
    )
