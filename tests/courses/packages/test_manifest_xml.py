import pytest

from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.manifest_xml import hrefs_of, local, parse

RUSSIAN = '<?xml version="1.0" encoding="{}"?>\n<manifest identifier="м"><title>Граница</title></manifest>'


def codes(content: bytes) -> list[str]:
    return [one.code for one in parse(content, file="m.xml").findings]


def title(content: bytes) -> str | None:
    reading = parse(content, file="m.xml")
    return reading.text(reading.root, "title")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (RUSSIAN.format("utf-8").encode(), []),
        (b"\xef\xbb\xbf" + RUSSIAN.format("utf-8").encode(), []),
        (RUSSIAN.format("UTF-16").encode("utf-16"), []),
        (RUSSIAN.format("windows-1251").encode("cp1251"), []),
        (RUSSIAN.replace("м", "m").format("ISO-8859-5").encode("iso8859-5"), []),
        ("<manifest><title>Граница</title></manifest>".encode(), []),
        (RUSSIAN.format("utf-16").encode(), ["xml-encoding"]),
        (RUSSIAN.format("utf-8").encode("cp1251"), ["xml-encoding"]),
        (RUSSIAN.format("no-such-encoding").encode(), ["xml-encoding"]),
        (b"\r\n " + RUSSIAN.format("utf-8").encode(), ["xml-blank-start"]),
    ],
)
def test_encodings_and_their_common_faults_are_read(content: bytes, found: list[str]) -> None:
    assert title(content) == "Граница"
    assert codes(content) == found


def test_prefix_that_nobody_declared_is_understood_by_name() -> None:
    content = (
        b'<manifest>\n<resource adlcp:scormtype="sco"/><adlcp:masteryscore>80</adlcp:masteryscore></manifest>'
    )

    reading = parse(content, file="m.xml")
    resource = reading.child(reading.root, "resource")

    assert resource is not None
    assert reading.attribute(resource, "scormtype") == "sco"
    assert reading.text(reading.root, "masteryscore") == "80"
    assert [(one.code, one.line) for one in reading.findings] == [("xml-prefix", 2)]


def test_wrong_letter_case_is_understood_and_told_once() -> None:
    content = b'<Manifest><Item identifierRef="a"/><Item identifierRef="b"/></Manifest>'

    reading = parse(content, file="m.xml")
    references = [reading.attribute(item, "identifierref") for item in reading.children(reading.root, "item")]

    assert references == ["a", "b"]
    told = [(one.code, one.element, one.facts) for one in reading.findings]
    assert told == [
        ("element-case", "Item", {"expected": "item"}),
        ("element-case", "identifierRef", {"expected": "identifierref"}),
    ]


def test_names_of_scorm_2004_are_no_wrong_case() -> None:
    reading = parse(b'<manifest><resource scormType="sco"/></manifest>', file="m.xml")
    resource = reading.child(reading.root, "resource")

    assert resource is not None
    assert reading.attribute(resource, "scormtype") == "sco"
    assert reading.findings == []


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "xml-broken", 1),
        (b"not xml", "xml-broken", 1),
        (b"<manifest>\n<item>\n</manifest>", "xml-broken", 3),
        (b"<manifest>\n<title>R&D</title></manifest>", "xml-broken", 2),
        (b'<!DOCTYPE manifest SYSTEM "http://example.com/x.dtd"><manifest/>', "xml-doctype", 1),
        (b'<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><m>&x;</m>', "xml-doctype", 1),
        (b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><m x="&b;"/>', "xml-doctype", 1),
    ],
)
def test_what_cannot_or_must_not_be_read_is_refused_with_its_line(
    content: bytes, code: str, line: int
) -> None:
    with pytest.raises(PackageRefused) as refusal:
        parse(content, file="m.xml")

    assert [(one.code, one.file, one.line) for one in refusal.value.findings] == [(code, "m.xml", line)]


def test_a_billion_laughs_are_refused_quickly() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    content = f'<!DOCTYPE m [<!ENTITY l0 "lol">{entities}]><m a="&l11;">&l11;</m>'.encode()

    with pytest.raises(PackageRefused) as refusal:
        parse(content, file="m.xml")

    assert refusal.value.findings[0].code == "xml-doctype"


def test_very_deep_nesting_is_refused() -> None:
    with pytest.raises(PackageRefused):
        parse(b"<a>" * 100_000 + b"</a>" * 100_000, file="m.xml")


def test_very_many_elements_are_refused_unread_and_very_long_titles_cut() -> None:
    with pytest.raises(PackageRefused) as refusal:
        parse(b"<m>" + b"<a/>" * 300_000 + b"</m>", file="m.xml")

    assert [(one.code, one.facts) for one in refusal.value.findings] == [
        ("manifest-too-many-elements", {"limit": "150000"})
    ]
    assert title(b"<m><title>" + b"t" * 5_000 + b"</title></m>") == "t" * 4_000


def test_hrefs_are_all_found_and_a_broken_file_has_none() -> None:
    assert hrefs_of(b'<m><r href="a"><f href="b"/></r><f/></m>') == ["a", "b"]
    assert hrefs_of(b"<m><r href=") == []


def test_local_names_drop_namespace_and_prefix() -> None:
    root = parse(b'<x:m xmlns:x="urn:x"/>', file="m.xml").root

    assert local(root) == "m"
