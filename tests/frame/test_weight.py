"""What a first page costs on a weak line, and how long the files are that make it."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

ACADEMY = Path(__file__).resolve().parents[2] / "academy"
STATIC = ACADEMY / "static"
STYLES = sorted((STATIC / "css").rglob("*.css"))
COMPONENTS = sorted((ACADEMY / "templates/components").glob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))


def gzipped(*paths: Path) -> int:
    return len(gzip.compress(b"".join(path.read_bytes() for path in paths), 6))


def test_all_styles_stay_under_25_kilobytes() -> None:
    assert gzipped(*STYLES) < 25_000


def test_all_scripts_of_the_frame_stay_under_15_kilobytes() -> None:
    assert gzipped(*SCRIPTS) < 15_000


def test_the_icons_stay_under_6_kilobytes() -> None:
    assert gzipped(STATIC / "vendor/icons.svg") < 6_000


@pytest.mark.parametrize("parts", [("latin",), ("latin", "cyrillic")], ids=["english", "russian"])
def test_fonts_of_a_first_visit_stay_under_35_kilobytes(parts: tuple[str, ...]) -> None:
    fonts = [STATIC / f"vendor/fonts/serif-{part}.woff2" for part in parts]

    assert sum(font.stat().st_size for font in fonts) < 35_000


def test_pictures_stay_under_2_kilobytes() -> None:
    assert [path.name for path in (STATIC / "img").glob("*.svg") if path.stat().st_size > 2_048] == []


def test_frame_files_stay_short() -> None:
    limits = [(STYLES, 200), (SCRIPTS, 200), (COMPONENTS, 60)]
    long_files = [
        path.name
        for paths, limit in limits
        for path in paths
        if len(path.read_text("utf-8").splitlines()) > limit
    ]

    assert long_files == []


def test_styles_use_nothing_that_old_browsers_lack() -> None:
    """Chrome 109 and Firefox 115 know neither `:has()` (Firefox), nesting, `color-mix` nor popovers."""
    modern = re.compile(r":has\(|color-mix\(|\bpopover\b|@layer|^\s+&|@container|light-dark\(", re.MULTILINE)

    assert [path.name for path in STYLES if modern.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(("said", "coding"), [("gzip, br", "gzip"), ("gzip;q=0", None), ("", None)])
def test_pages_are_sent_packed_to_browsers_that_take_it(
    client: FlaskClient, said: str, coding: str | None
) -> None:
    plain = client.get("/help")

    answer, head = (
        ask("/help", headers={"Accept-Encoding": said}, lint=False) for ask in (client.get, client.head)
    )

    assert (answer.headers.get("Content-Encoding"), "Accept-Encoding" in answer.vary) == (coding, True)
    assert (gzip.decompress(answer.data) if coding else answer.data) == plain.data
    assert (head.data, head.content_length) == (b"", answer.content_length)
