"""The page of components shows every component, in both languages."""

import re
from pathlib import Path

import pytest

from academy.statuses import LOOKS
from academy.templating import demo_mode
from tests.factories import accounts

ACADEMY = Path(__file__).resolve().parents[2] / "academy"
COMPONENTS = ACADEMY / "templates/components"
PAGE = ACADEMY / "home/templates/home"
IMPORT = re.compile(r'from "components/([\w-]+)\.html" import ([^%]+?)(?: with context)? %')
MACRO = re.compile(r"{% macro (\w+)\(")
#: Bands of a whole page, what would send something, and pieces that only other components call.
ELSEWHERE = {
    "button_form",
    "broken_mosaic",
    "mosaic",
    "split",
    "status_icon",
    "upload_box",
    "upload_progress",
}


@pytest.fixture
def demonstration(app):
    marker = Path(str(app.config["INSTANCE_PATH"])) / "demo-loaded"
    marker.touch()
    yield
    marker.unlink()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_everybody_sees_the_components_of_a_demonstration(client, demonstration, language):
    client.set_cookie("language", language)

    answer = client.get("/components")

    assert demo_mode()
    assert answer.status_code == 200
    assert all(f">{look.word}</span>" in answer.text for look in LOOKS.values() if language == "en")


def test_elsewhere_only_administrators_see_them(client, sign_in):
    assert client.get("/components").status_code == 404
    assert sign_in(accounts.person(roles=["secretariat"])).get("/components").status_code == 404
    assert sign_in(accounts.person(roles=["administrator"])).get("/components").status_code == 200


def test_every_component_is_on_the_page():
    pages = [PAGE / "components.html", *(PAGE / "components").glob("*.html")]
    used, waiting = set(), {path: path.read_text("utf-8") for path in pages}
    while waiting:
        _, text = waiting.popitem()
        for name, macros in IMPORT.findall(text):
            named = {macro.split(" as ")[0].strip() for macro in macros.split(",")}
            path = COMPONENTS / f"{name}.html"
            if not named <= used:
                used |= named
                waiting[path] = path.read_text("utf-8")
    every = {macro for path in COMPONENTS.glob("*.html") for macro in MACRO.findall(path.read_text("utf-8"))}

    assert every - used - ELSEWHERE - inner() == set()


def inner() -> set[str]:
    """Return the macros that are called within the file that has them."""
    found = set()
    for path in COMPONENTS.glob("*.html"):
        text = path.read_text("utf-8")
        found |= {name for name in MACRO.findall(text) if len(re.findall(rf"\b{name}\(", text)) > 1}
    return found
