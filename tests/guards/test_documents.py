"""What the README and the guides promise exists, and what exists is in them."""

import re
from pathlib import Path

import click
from flask import Flask

from academy.config import SETTINGS

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text("utf-8")
GUIDES = README + "".join(path.read_text("utf-8") for path in (PROJECT / "docs").rglob("*.md"))


def commands(group: click.Group, prefix: str) -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
        else:
            found.add(f"{prefix} {name}")
    return found


def test_every_setting_is_in_the_readme() -> None:
    assert [one.name for one in SETTINGS if f"`ACADEMY_{one.name}`" not in README] == []


def test_every_setting_in_the_guides_exists() -> None:
    known = {f"ACADEMY_{one.name}" for one in SETTINGS} | {"ACADEMY_CONFIG"}

    assert set(re.findall(r"ACADEMY_[A-Z_]+", GUIDES)) - known == set()


def test_commands_and_readme_agree(app: Flask) -> None:
    own = {
        name: one
        for name, one in app.cli.commands.items()
        if one.callback is None or "academy" in one.callback.__module__
    }
    existing = commands(click.Group(commands=own), "academy")
    written = set(re.findall(r"`(academy [a-z0-9 -]+[a-z0-9])`", README))

    assert existing - written == set()
    assert written - existing == set()


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (path.name, link)
        for path in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text("utf-8"))
        if not (path.parent / link).exists()
    ]

    assert broken == []


def test_guides_in_russian_have_the_examples_of_the_english_ones() -> None:
    def examples(path: Path) -> list[str]:
        return re.findall(r"^```.*?^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)

    different = [
        path.name
        for path in (PROJECT / "docs/ru").glob("*.md")
        if examples(path) != examples(PROJECT / "docs" / path.name)
    ]

    assert different == []
