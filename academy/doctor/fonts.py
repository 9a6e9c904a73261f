"""Checks of the letters that certificates are set in."""

import ctypes
from collections.abc import Iterator
from ctypes.util import find_library
from functools import cache
from typing import Any

from academy.doctor.findings import FAULT, WARNING, Finding
from academy.templating import STATIC

#: Our own fonts: the letters of the states' languages that are written in Latin and in Cyrillic.
OURS = (
    "ABCXYZ abcxyz 0123456789 ÀÂÃÄÅÆÇÉÈÊËÍÎÏÑÓÔÕÖØÚÛÜÝÞß ĂăĄąĆćČčĎďĐđĘęĚěĞğĢģĪīİıĶķĻļŁłŃńŇňŅņŌōŐőŒœŘřŚśŞşŠš"
    "ŢţŤťŪūŮůŰűŲųŹźŻżŽž ȘșȚț "
    "АБВЯабвя ЁёЂђЃѓЄєЅѕІіЇїЈјЉљЊњЋћЌќЎўЏџҐґ ӘәҒғҚқҢңӨөҰұҮүҺһ ӢӣӮӯҲҳҶҷ"
)
CUTS = ("serif-*.woff2", "sans-*-400.woff2", "sans-*-600.woff2")

#: Others: what a title or a name may quote, in the fonts of the machine.
OTHERS = {"Greek": "Ελλάδα", "Georgian": "საქართველო", "Armenian": "Հայաստան"}


def letters() -> Iterator[Finding]:
    """Check that certificates have letters for English, Russian, the other languages, and what they quote."""
    for cut in CUTS:
        if missing := sorted(set(OURS) - held(cut)):
            yield Finding(
                "letters",
                FAULT,
                f"the fonts {cut} lack {len(missing)} letters, among them {''.join(missing[:10])}",
                "Install the wheel anew (or run `make setup` in a checkout).",
            )
    lacking = [script for script, sample in OTHERS.items() if unknown(sample)]
    if lacking:
        yield Finding(
            "letters",
            WARNING,
            f"no font of this machine has letters of {', '.join(lacking)}: certificates would show boxes",
            "Install fonts-dejavu-core, or other fonts that have them.",
        )


@cache
def held(cut: str) -> frozenset[str]:
    """Return the letters that the files of a cut have together."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow import

    found: set[str] = set()
    for file in (STATIC / "vendor" / "fonts").glob(cut):
        with TTFont(file, lazy=True) as font:
            found |= {chr(code) for code in font.getBestCmap()}
    return frozenset(found)


def unknown(text: str) -> int:
    """Return how many letters of a text no font of this machine has, as Pango, which draws them, sees it."""
    pango, freetype = _library("pango-1.0"), _library("pangoft2-1.0")
    fonts = _made(freetype.pango_ft2_font_map_new)
    layout = _made(pango.pango_layout_new, _made(pango.pango_font_map_create_context, fonts))
    written = text.encode()
    pango.pango_layout_set_text(layout, written, len(written))
    return int(pango.pango_layout_get_unknown_glyphs_count(layout))


def _library(name: str) -> ctypes.CDLL:
    return ctypes.CDLL(find_library(name) or f"lib{name}.so.0")


def _made(function: Any, *of: ctypes.c_void_p) -> ctypes.c_void_p:
    function.restype = ctypes.c_void_p
    return ctypes.c_void_p(function(*of))
