from academy.courses.packages.contents import Scan, authoring_tool
from academy.courses.packages.limits import Limits


def seen(files: dict[str, bytes], limits: Limits | None = None) -> list[tuple[str, str | None, str | None]]:
    scan = Scan(limits or Limits())
    for path, content in files.items():
        pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
        assert b"".join(scan.watched(path, pieces)) == content
    return [(one.code, one.file, one.facts.get("hosts")) for one in scan.findings()]


def test_hosts_that_content_loads_and_hosts_that_it_names_are_told_apart() -> None:
    files = {
        "index.html": b'<script src="https://code.jquery.com/jquery.js"></script><a href="https://iom.int/x">IOM</a>'
        b"<link rel=stylesheet href=//fonts.googleapis.com/css><img alt='' src='local.png'>",
        "a.css": b"@import 'http://cdn.example.net/a.css'; b { background: url(//img.example.net/a.png) }",
        "a.js": b'var a = "http://metrics.example.net/x"; var b = "https://code.jquery.com/again";',
        "film.mp4": b"https://not-looked-at.net",
    }

    assert seen(files) == [
        (
            "outside-hosts-loaded",
            "a.css",
            "cdn.example.net, code.jquery.com, fonts.googleapis.com, img.example.net",
        ),
        ("outside-hosts-named", "index.html", "iom.int, metrics.example.net"),
    ]


def test_namespaces_and_words_with_dots_are_no_hosts() -> None:
    text = (
        b'<svg xmlns="http://www.w3.org/2000/svg"></svg><p>http://localhost/x http://a.b- //comment.here</p>'
    )

    assert seen({"a.html": text}) == []


def test_flash_is_told() -> None:
    assert seen({"a.html": b"", "Film.SWF": b"FWS"}) == [("flash", "Film.SWF", None)]


def test_looking_is_bounded_in_each_file_and_in_all() -> None:
    late = b" " * 100 + b'<img src="https://late.example.net/x">'
    early = b'<img src="https://early.example.net/x">'

    assert seen({"a.html": late}, Limits(scan_file_bytes=100)) == []
    assert seen({"a.html": b" " * 100, "b.html": early}, Limits(scan_total_bytes=100)) == []
    assert len(seen({"b.html": early}, Limits(scan_total_bytes=100))) == 1


def test_looking_at_hostile_text_takes_bounded_time() -> None:
    assert seen({"a.html": b"<script " * 30_000 + b"//" + b"a-." * 30_000}) == []


def test_authoring_tool_is_known_by_its_files() -> None:
    assert authoring_tool(["index.html", "story_content/user.js"]) == "Articulate Storyline"
    assert authoring_tool(["x/scormcontent/lib/main.js"]) == "Articulate Rise"
    assert authoring_tool(["assets/js/CPM.js"]) == "Adobe Captivate"
    assert authoring_tool(["index.html", "history_content/a"]) is None
