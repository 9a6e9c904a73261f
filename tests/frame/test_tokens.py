"""The colours of the pages, measured in pairs as they meet on the screen."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "academy/static/css/tokens.css"

TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunken")),
    *(("action", ground) for ground in ("paper", "surface", "sunken", "info-tint", "bad-tint", "warn-tint")),
    *((status, f"{status}-tint") for status in ("ok", "warn", "bad", "info", "idle")),
    *((status, "surface") for status in ("ok", "warn", "bad", "info", "idle", "accent-ink")),
    *(("on-status", status) for status in ("ok", "warn", "bad", "idle")),
    *((f"t{area}-ink", ground) for area in range(1, 7) for ground in ("surface", "paper")),
    *(("q-ink-low", f"q{step}") for step in range(4)),
    *(("q-ink-high", f"q{step}") for step in (4, 5)),
    ("on-brand", "brand"),
    ("on-brand-2", "brand"),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-toast", "toast"),
    ("ink-2", "info-tint"),
    ("ink-2", "bad-tint"),
)
BORDER_PAIRS = (
    *(("line-strong", ground) for ground in ("paper", "surface")),
    *(("focus-ink", ground) for ground in ("paper", "surface", "sunken")),
    ("action", "line"),
    ("on-brand-2", "brand"),
)


def tokens(dark: bool) -> dict[str, str]:
    text = CSS.read_text("utf-8")
    light_part, dark_part = text.split("prefers-color-scheme: dark", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light_part))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark_part)) if dark else {})


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(pairs: tuple[tuple[str, str], ...], *, least: float, dark: bool) -> list[str]:
    colours = tokens(dark)
    measured = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    return [f"{one} on {other}: {value:.2f}" for (one, other), value in measured.items() if value < least]


def test_contrast_of_black_and_white_is_measured_right() -> None:
    assert (round(contrast("#000", "#ffffff")), round(contrast("#777777", "#fff"), 2)) == (21, 4.48)


@pytest.mark.parametrize("dark", [False, True])
def test_text_reaches_four_and_a_half(dark: bool) -> None:
    assert too_weak(TEXT_PAIRS, least=4.5, dark=dark) == []


@pytest.mark.parametrize("dark", [False, True])
def test_borders_of_controls_and_focus_reach_three(dark: bool) -> None:
    assert too_weak(BORDER_PAIRS, least=3, dark=dark) == []


def test_dark_mode_leaves_no_text_colour_of_paper() -> None:
    changed = {name for name, value in tokens(dark=True).items() if tokens(dark=False)[name] != value}

    assert {name for pair in TEXT_PAIRS[:9] for name in pair} <= changed


def test_colours_stand_in_the_tokens_or_are_fixed_on_purpose() -> None:
    """Brand panels, the player and code keep their colours in both modes; everything else asks a token."""
    fixed = {
        "button.css",
        "code.css",
        "header.css",
        "mosaic.css",
        "navigation.css",
        "player-bar.css",
        "save-state.css",
        "split.css",
        "theme.css",
        "zz-print.css",
    }
    own = {
        path.name
        for path in (CSS.parent / "components").glob("*.css")
        if re.search(r"#[0-9a-f]{3,6}\b", path.read_text("utf-8")) and not path.name.startswith("player")
    }

    assert own - fixed == set()
