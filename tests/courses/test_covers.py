"""Covers: six patterns, each course its own stones, light enough for a weak line."""

import pytest
from lxml import etree

from academy.courses.covers import PATTERNS, cover_svg

THEMES = sorted(PATTERNS)


@pytest.mark.parametrize("theme", THEMES)
def test_cover_is_the_same_for_the_same_course(theme: str) -> None:
    assert cover_svg(theme, "0193-a") == cover_svg(theme, "0193-a")


@pytest.mark.parametrize("theme", THEMES)
def test_cover_differs_between_courses(theme: str) -> None:
    assert len({cover_svg(theme, str(seed)) for seed in range(20)}) > 5


@pytest.mark.parametrize("theme", THEMES)
def test_cover_costs_at_most_two_kilobytes(theme: str) -> None:
    assert max(len(cover_svg(theme, str(seed)).encode()) for seed in range(200)) <= 2_048


@pytest.mark.parametrize("theme", THEMES)
def test_cover_is_a_drawing_without_style_or_script(theme: str) -> None:
    drawing = etree.fromstring(cover_svg(theme, "1"))

    names = {etree.QName(element).localname for element in drawing.iter()}
    attributes = {name for element in drawing.iter() for name in element.attrib}
    assert names == {"svg", "path"}
    assert attributes == {"viewBox", "width", "height", "fill", "d"}


def test_patterns_and_colours_differ_between_areas() -> None:
    assert len({pattern for pattern, _ in PATTERNS.values()}) == 6
    assert len({stone.ground for _, stone in PATTERNS.values()}) == 6


@pytest.mark.parametrize("theme", THEMES)
def test_cover_shows_the_stone_that_stands_out(theme: str) -> None:
    accent = PATTERNS[theme][1].accent

    assert all(f'fill="{accent}"' in cover_svg(theme, str(seed)) for seed in range(20))


def test_unknown_area_is_drawn_as_the_first() -> None:
    assert PATTERNS["T1"][1].ground in cover_svg("T9", "1")
