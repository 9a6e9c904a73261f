import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.lookup import Names, content_type, find, spellings

FILES = (
    "index.html",
    "media/Film One.mp4",
    "media/a+b.png",
    "Урок/страница.html",
    "größe.html",
    "Page.html",
    "page.html",
    "Sub/X.js",
    "100%.html",
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (b"index.html", "index.html"),
        (b"/index.html", "index.html"),
        (b"media//Film One.mp4", "media/Film One.mp4"),
        (b"./media/./Film One.mp4", "media/Film One.mp4"),
        (b"MEDIA/film one.MP4", "media/Film One.mp4"),
        (b"media/a+b.png", "media/a+b.png"),
        (b"100%.html", "100%.html"),
        ("Урок/страница.html".encode(), "Урок/страница.html"),
        ("УРОК/Страница.html".encode(), "Урок/страница.html"),
        ("Урок/страница.html".encode("cp1251"), "Урок/страница.html"),
        ("Урок/страница.html".encode("cp866"), "Урок/страница.html"),
        ("größe.html".encode("latin-1"), "größe.html"),
        ("gro\u0308ße.html".encode(), "größe.html"),
        (b"Page.html", "Page.html"),
        (b"page.html", "page.html"),
        (b"PAGE.html", None),
        (b"sub\\x.js", "Sub/X.js"),
        (b"../index.html", None),
        (b"media/../index.html", None),
        (b"..\\index.html", None),
        (b"missing.html", None),
        (b"media", None),
        (b"", None),
        (b"\xff\xfe", None),
    ],
)
def test_address_finds_the_file_that_it_means(path: bytes, found: str | None) -> None:
    assert Names(FILES).find(path) == found


def test_exact_name_wins_over_every_fallback() -> None:
    asked: list[str] = []

    def by_folded(name: str) -> list[str]:
        asked.append(name)
        return ["other"]

    assert find(b"a//b", exact=lambda path: path if path == "a//b" else None, by_folded=by_folded) == "a//b"
    assert asked == []
    assert find(b"A//b", exact=lambda path: None, by_folded=by_folded) == "other"
    assert asked == ["a//b"]


def test_ascii_addresses_have_one_or_two_spellings() -> None:
    assert spellings(b"a/b") == ("a/b",)
    assert spellings(b"a//b") == ("a//b", "a/b")
    assert spellings(b"a/../b") == ()


@given(st.binary(max_size=60))
def test_any_address_finds_a_file_or_nothing(path: bytes) -> None:
    assert Names(FILES).find(path) in {None, *FILES}
    assert all(".." not in spelling.split("/") for spelling in spellings(path))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.html", "text/html"),
        ("a.HTM", "text/html"),
        ("folder.d/a.js", "text/javascript"),
        ("a.mjs", "text/javascript"),
        ("a.css", "text/css"),
        ("a.json", "application/json"),
        ("a.wasm", "application/wasm"),
        ("a.vtt", "text/vtt"),
        ("a.woff2", "font/woff2"),
        ("a.svg", "image/svg+xml"),
        ("a.mp4", "video/mp4"),
        ("a.mp3", "audio/mpeg"),
        ("a.pdf", "application/pdf"),
        ("a.xml", "application/xml"),
        ("a.swf", "application/x-shockwave-flash"),
        ("a.min.js", "text/javascript"),
        ("a.unknown", "application/octet-stream"),
        ("folder.js/readme", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_content_type_follows_the_ending(path: str, kind: str) -> None:
    assert content_type(path) == kind
