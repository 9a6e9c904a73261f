from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.addresses import Target, join, normalised, resolve, split, with_parameters
from academy.courses.packages.lookup import Names

NAMES = Names(
    ["index.html", "content/page.html", "content/img/a b.png", "shared/x.html", "50%25.html", "a#b.html"]
)


@pytest.mark.parametrize(
    ("href", "bases", "target"),
    [
        ("index.html", (), Target("index.html", "index.html")),
        (" index.html ", (), Target("index.html", "index.html")),
        ("index.html?a=1#x", (), Target("index.html?a=1#x", "index.html", "?a=1#x")),
        ("page.html", ("content/",), Target("content/page.html", "content/page.html")),
        ("page.html", ("", "content/", ""), Target("content/page.html", "content/page.html")),
        ("a%20b.png", ("content/", "img/"), Target("content/img/a%20b.png", "content/img/a b.png")),
        ("a b.png", ("content/", "img/"), Target("content/img/a b.png", "content/img/a b.png")),
        ("page.html", ("content",), Target("content/page.html", "content/page.html")),
        ("../index.html", ("content/",), Target("content/../index.html", "index.html")),
        ("/index.html", ("content/",), Target("index.html", "index.html")),
        ("content\\page.html", (), Target("content/page.html", "content/page.html")),
        ("Content/PAGE.html", (), Target("Content/PAGE.html", "content/page.html", other_case=True)),
        ("50%2525.html", (), Target("50%2525.html", "50%25.html")),
        ("50%25.html", (), Target("50%25.html", "50%25.html")),
        ("a#b.html", (), Target("a#b.html", "a#b.html")),
        ("missing.html?a=1", (), Target("missing.html?a=1")),
        ("../../etc/passwd", ("content/",), Target("content/../../etc/passwd", outside=True)),
        ("https://example.com/a", ("content/",), Target("https://example.com/a", external=True)),
        ("//example.com/a", (), Target("//example.com/a", external=True)),
        ("a.html", ("https://example.com/x/",), Target("https://example.com/x/a.html", external=True)),
        ("javascript:alert(1)", (), Target("javascript:alert(1)", external=True)),
    ],
)
def test_address_is_resolved(href: str, bases: tuple[str, ...], target: Target) -> None:
    assert resolve(href, bases, NAMES) == target


def test_address_longer_than_any_name_leads_nowhere_at_once() -> None:
    href = "../" * 3_000_000 + "index.html"

    assert resolve(href, ("content/",), NAMES) == Target(href[:8_000])
    assert resolve("index.html", (href,), NAMES) == Target("index.html")
    assert resolve("a/../" * 1_500 + "index.html", (), NAMES).path == "index.html"


@pytest.mark.parametrize(
    ("suffix", "parameters", "result"),
    [
        ("", None, ""),
        ("", "", ""),
        ("?a=1", " ", "?a=1"),
        ("", "a=1&b=2", "?a=1&b=2"),
        ("", "?a=1", "?a=1"),
        ("", "&a=1", "?a=1"),
        ("", "?&?a=1", "?a=1"),
        ("?x=0", "a=1", "?x=0&a=1"),
        ("?x=0", "?a=1", "?x=0&a=1"),
        ("#top", "a=1", "?a=1#top"),
        ("?x=0#top", "&a=1", "?x=0&a=1#top"),
        ("", "#part", "#part"),
        ("?x=0", "#part", "?x=0#part"),
        ("#top", "#part", "#top"),
        ("", "#part?a=1", "#part?a=1"),
        ("#top", "a=1#part", "?a=1#top"),
        ("", "a=b c", "?a=b%20c"),
        ("", "a=Ж&b=%D0%96", "?a=%D0%96&b=%D0%96"),
        ("", 'a="><script>', "?a=%22%3E%3Cscript%3E"),
    ],
)
def test_parameters_are_appended(suffix: str, parameters: str | None, result: str) -> None:
    assert with_parameters(suffix, parameters) == result


def test_bases_join_like_urls_inside_of_the_package() -> None:
    assert join("", "a") == "a"
    assert join("x/y", "a") == "x/a"
    assert join("x/y/", "a") == "x/y/a"
    assert join("x/", "/a") == "a"
    assert join("x/", "http://h/a") == "http://h/a"
    assert split("a?b#c") == ("a", "?b#c")
    assert split("a#b?c") == ("a", "#b?c")
    assert [normalised(path) for path in ("a/./b//c", "a/../b", "a/../../b", "..", "")] == [
        "a/b/c",
        "b",
        None,
        None,
        "",
    ]


@given(
    href=st.text(max_size=30),
    bases=st.lists(st.text(alphabet="ab./\\%20", max_size=8), max_size=3),
)
def test_any_address_leads_to_a_known_file_or_nowhere(href: str, bases: list[str]) -> None:
    found = resolve(href, bases, NAMES)

    assert found.path is None or found.path in NAMES


@given(suffix=st.sampled_from(["", "?x=0", "#top", "?x=0#top"]), parameters=st.text(max_size=30))
def test_any_parameters_keep_what_was_there_and_are_a_url(suffix: str, parameters: str) -> None:
    before, after = (
        urlsplit("page.html" + suffix),
        urlsplit("page.html" + with_parameters(suffix, parameters)),
    )

    assert after.path == "page.html"
    assert after.query.startswith(before.query)
    assert not before.fragment or after.fragment == before.fragment
    assert not set(after.query + after.fragment) & set(" \"<>'`\\")
