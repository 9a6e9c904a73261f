import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.courses.packages.contents import Contents, Scan
from academy.courses.packages.limits import Limits


def scanned(files: dict[str, bytes], limits: Limits | None = None) -> Scan:
    scan = Scan(limits or Limits())
    for path, content in files.items():
        pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
        assert b"".join(scan.watched(path, pieces)) == content
    return scan


def seen(files: dict[str, bytes], limits: Limits | None = None) -> list[tuple[Any, ...]]:
    found = scanned(files, limits).findings()
    return [(one.code, one.file, one.line, one.element, one.facts.get("hosts")) for one in found]


def contents(**files: bytes) -> Contents:
    return scanned({name.replace("_", "."): content for name, content in files.items()}).contents()


def test_hosts_that_content_loads_and_hosts_that_it_names_are_told_apart() -> None:
    files = {
        "index.html": b'<script src="https://code.jquery.com/jquery.js"></script><a href="https://iom.int/x">IOM</a>'
        b"<link rel=stylesheet href=//fonts.googleapis.com/css><img alt='' src='local.png'>",
        "a.css": b"@import 'http://cdn.example.net/a.css'; b { background: url(//img.example.net/a.png) }",
        "a.js": b'var a = "http://metrics.example.net/x"; var b = "https://code.jquery.com/again";',
        "film.mp4": b"https://not-looked-at.net",
    }

    loaded = "outside-hosts-loaded"
    assert seen(files) == [
        (loaded, "a.css", 1, None, "cdn.example.net"),
        (loaded, "index.html", 1, "script", "code.jquery.com"),
        (loaded, "index.html", 1, "link", "fonts.googleapis.com"),
        (loaded, "a.css", 1, None, "img.example.net"),
        ("outside-hosts-named", "index.html", 1, None, "iom.int, metrics.example.net"),
    ]


def test_namespaces_and_words_with_dots_are_no_hosts() -> None:
    text = (
        b'<svg xmlns="http://www.w3.org/2000/svg"></svg><p>http://localhost/x http://a.b- //comment.here</p>'
    )

    assert seen({"a.html": text}) == []


def test_flash_is_told() -> None:
    assert seen({"a.html": b"", "Film.SWF": b"FWS"}) == [("flash", "Film.SWF", None, None, None)]


def test_looking_is_bounded_in_each_file_and_in_all() -> None:
    late = b" " * 100 + b'<img src="https://late.example.net/x">'
    early = b'<img src="https://early.example.net/x">'

    assert seen({"a.html": late}, Limits(scan_file_bytes=100)) == [
        ("looked-at-in-part", "a.html", None, None, None)
    ]
    assert seen({"a.html": b" " * 100, "b.html": early}, Limits(scan_total_bytes=100)) == [
        ("looked-at-in-part", "b.html", None, None, None)
    ]
    assert len(seen({"b.html": early}, Limits(scan_total_bytes=100))) == 1


@pytest.mark.parametrize(
    "pattern",
    [b"<script ", b"<img ", b"<!--", b"<html ", b'"//', b"a-.", b"https://a.", b"https://u:p", b"//a.a.a.a-"],
)
def test_looking_at_hostile_text_takes_bounded_time(pattern: bytes) -> None:
    scan = Scan(Limits())

    for path in ("a.html", "a.js", "a.json", "a.xml"):
        text = b"https://" + pattern * (2_000_000 // len(pattern))
        assert sum(map(len, scan.watched(path, [text]))) == len(text)

    assert scan.contents().tool is None


@given(
    st.binary(max_size=300),
    st.sampled_from(["a.html", "a.js", "a.json", "imsmanifest.xml", "a.css", "project.txt"]),
)
def test_any_bytes_are_looked_at(content: bytes, path: str) -> None:
    scan = scanned({path: b"<!-- https://" + content})

    assert all(host.name.isprintable() for host in scan.contents().hosts)


def test_scripts_are_counted_in_files_and_in_pages() -> None:
    page = (
        b"<script src=a.js></script><script>1</script><SCRIPT type='text/javascript'>2</SCRIPT>"
        b'<script type="module">3</script><script type="application/json">{}</script>'
    )

    found = contents(index_html=page, a_js=b"", b_mjs=b"", c_css=b"")

    assert (found.script_files, found.inline_scripts) == (2, 3)


def test_every_host_is_told_with_the_files_that_name_it() -> None:
    files = {f"{number}.html": b'<a href="https://iom.int/">' for number in range(7)}

    (host,) = scanned(files | {"x.js": b'load("//iom.int/x")'}).contents().hosts

    assert (host.name, host.loaded, host.file_count) == ("iom.int", False, 8)
    assert host.files == [f"{number}.html" for number in range(5)]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see https://iom.int.", ["iom.int"]),
        ("https://user:secret@files.iom.int:8443/x", ["files.iom.int"]),
        ("https://мвд.рф/закон", ["мвд.рф"]),
        ("«https://мвд.рф»", ["мвд.рф"]),
        ("http://xn--b1aew.xn--p1ai/", ["xn--b1aew.xn--p1ai"]),
        ("wss://live.iom.int/socket", ["live.iom.int"]),
        ("https://192.0.2.7/x", ["192.0.2.7"]),
        (json.dumps("https://iom.int/x").replace("/", "\\/"), ["iom.int"]),
        ("?next=https%3A%2F%2Fiom.int%2Fx", ["iom.int"]),
        ("<!-- HTTPS://IOM.INT -->", ["iom.int"]),
        ("x = 1; //iom.int is a comment", []),
        ("http://127.0.0.1:5000/x http://localhost/", []),
        ('<x xmlns:a="http://vocabulary.net/a" xsi:schemaLocation="http://schema.net/x x.xsd"/>', []),
    ],
)
def test_hosts_are_found_however_they_are_written(text: str, hosts: list[str]) -> None:
    assert [host.name for host in contents(a_html=text.encode()).hosts] == hosts


def test_hosts_are_found_in_pages_of_old_encodings() -> None:
    page = '<img src="https://iom.int/a.png">Граница'

    assert [host.name for host in contents(a_html=page.encode("utf-16")).hosts] == ["iom.int"]
    assert [host.name for host in contents(a_html=page.encode("cp1251")).hosts] == ["iom.int"]


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ('<img alt="a" src="https://x.net/a">', True),
        ("<img srcset='//x.net/a 2x'>", True),
        ('<video poster="https://x.net/a">', True),
        ('<object data="https://x.net/a">', True),
        ('<image xlink:href="https://x.net/a"/>', True),
        ('<link rel="stylesheet" href="https://x.net/a">', True),
        ('<link href="https://x.net/a" rel="canonical">', False),
        ('<a href="https://x.net/a">', False),
        ("<p>https://x.net/a</p>", False),
        ('<div style="background: url(https://x.net/a)">', True),
        ("import a from 'https://x.net/a'", True),
        ('fetch("https://x.net/a")', True),
        ('image.src = "https://x.net/a"', True),
        ('request.open("GET", "https://x.net/a")', True),
        ('write("<script src=\\"https://x.net/a\\">")', True),
        ('var home = "https://x.net/a"', False),
    ],
)
def test_loading_is_told_from_naming(text: str, loaded: bool) -> None:
    assert [(host.name, host.loaded) for host in contents(a_html=text.encode()).hosts] == [("x.net", loaded)]
