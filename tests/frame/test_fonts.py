"""The shipped fonts hold every letter of the names that stand on pages and certificates."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

STATIC = Path(__file__).resolve().parents[2] / "academy/static"
FONTS = STATIC / "vendor/fonts"
PARTS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
LETTERS = "ҚҒҲӢӮҰҮӨҢІӘқғҳӣӯұүөңіәşțșğışčžłőðŞȚȘĞİČŽŁŐÐëÄöÜßñýňťĀńśźżęąțăâîĂÎЁёЂђЈјЉљЊњЋћЏџЄєЇїҐґÞþÅåØø№“”«»–…"


def characters(family: str, weight: str) -> set[str]:
    held: set[str] = set()
    for part in PARTS:
        held |= {chr(code) for code in TTFont(FONTS / f"{family}-{part}{weight}.woff2").getBestCmap()}
    return held


@pytest.mark.parametrize(("family", "weight"), [("serif", ""), ("sans", "-400"), ("sans", "-600")])
def test_every_letter_is_there(family: str, weight: str) -> None:
    assert [letter for letter in LETTERS if letter not in characters(family, weight)] == []


def test_unicode_ranges_of_the_stylesheet_lead_to_the_file_that_holds_the_letter() -> None:
    text = (STATIC / "css/tokens.css").read_text("utf-8")
    astray = []
    for file, ranges in re.findall(
        r'url\("vendor/fonts/([\w.-]+)"\).*?unicode-range: ([^;]+);', text, re.DOTALL
    ):
        held = set(TTFont(FONTS / file).getBestCmap())
        astray += [
            f"{letter} in {file}"
            for letter in LETTERS
            if in_ranges(letter, ranges) and ord(letter) not in held
        ]

    assert astray == []


def in_ranges(letter: str, ranges: str) -> bool:
    for entry in ranges.replace("U+", "").split(","):
        first, _, last = entry.strip().partition("-")
        if int(first, 16) <= ord(letter) <= int(last or first, 16):
            return True
    return False
