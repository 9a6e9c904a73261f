import pytest

from academy.courses.packages.detection import locate, standard_of
from academy.courses.packages.manifest_xml import parse

OLD = 'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
NEW = 'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"'


@pytest.mark.parametrize(
    ("spaces", "version", "found"),
    [
        (OLD, "1.2", ("scorm-1.2", True)),
        ("", "1.2", ("scorm-1.2", True)),
        (OLD, None, ("scorm-1.2", True)),
        (OLD, "unknown", ("scorm-1.2", True)),
        (NEW, "CAM 1.3", ("scorm-2004-2nd", True)),
        (NEW, "2004 3rd Edition", ("scorm-2004-3rd", True)),
        (NEW, "2004 4th Edition", ("scorm-2004-4th", True)),
        (NEW, "2004", ("scorm-2004-3rd", True)),
        (NEW, None, ("scorm-2004-3rd", True)),
        ("", None, ("scorm-1.2", False)),
        ('xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"', "1.1.0", ("common-cartridge", True)),
    ],
)
def test_standard_is_told_by_version_then_by_namespaces(
    spaces: str, version: str | None, found: tuple[str, bool]
) -> None:
    metadata = f"<metadata><schemaversion>{version}</schemaversion></metadata>" if version else ""

    assert standard_of(parse(f"<manifest {spaces}>{metadata}</manifest>".encode(), file="m")) == found


@pytest.mark.parametrize(
    ("names", "kind", "name", "codes"),
    [
        (["imsmanifest.xml", "a/imsmanifest.xml"], "ims", "imsmanifest.xml", []),
        (["IMSMANIFEST.XML", "imsmanifest.xml"], "ims", "imsmanifest.xml", []),
        (["imsmanifest.xml", "tincan.xml", "cmi5.xml"], "ims", "imsmanifest.xml", []),
        (["x/imsmanifest.xml", "x/y/imsmanifest.xml"], "ims", "x/imsmanifest.xml", ["manifest-in-folder"]),
        (["IMSManifest.xml"], "ims", "IMSManifest.xml", ["manifest-name-case"]),
        (["x/imsmanifest.XML"], "ims", "x/imsmanifest.XML", ["manifest-in-folder", "manifest-name-case"]),
        (["x/imsmanifest.xml", "y/imsmanifest.xml"], "ims", None, ["several-manifests"]),
        (["cmi5.xml", "index.html"], "cmi5", "cmi5.xml", []),
        (["tincan.xml", "index.html"], "xapi", "tincan.xml", []),
        (["c.crs", "c.AU", "c.des", "index.html"], "aicc", None, []),
        (["index.html"], "web", None, []),
    ],
)
def test_manifest_is_located(names: list[str], kind: str, name: str | None, codes: list[str]) -> None:
    located = locate(names)

    assert located is not None
    assert (located.format, located.name) == (kind, name)
    assert [one.code for one in located.findings] == codes


def test_archive_with_nothing_to_open_has_no_manifest() -> None:
    assert locate([]) is None
    assert locate(["readme.txt", "film.mp4"]) is None


def test_root_is_the_folder_of_the_manifest() -> None:
    roots = [
        located.root for names in (["a/b/imsmanifest.xml"], ["imsmanifest.xml"]) if (located := locate(names))
    ]

    assert roots == ["a/b/", ""]
