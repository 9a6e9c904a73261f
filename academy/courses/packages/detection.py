"""Which standard a package follows: by the manifest at its top, then by names and version in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from academy.courses.packages.findings import Finding, finding
from academy.courses.packages.manifest_xml import Reading

Format = Literal["ims", "cmi5", "xapi", "aicc", "web"]

STANDARD_NAMES = {
    "scorm-1.2": "SCORM 1.2",
    "scorm-2004-2nd": "SCORM 2004 2nd Edition",
    "scorm-2004-3rd": "SCORM 2004 3rd Edition",
    "scorm-2004-4th": "SCORM 2004 4th Edition",
    "cmi5": "cmi5",
    "xapi": "xAPI (Tin Can)",
    "aicc": "AICC",
    "web": "HTML",
    "common-cartridge": "IMS Common Cartridge",
}
SUPPORTED = frozenset({"scorm-1.2"})
FORMATS: tuple[tuple[Format, str], ...] = (
    ("ims", "imsmanifest.xml"),
    ("cmi5", "cmi5.xml"),
    ("xapi", "tincan.xml"),
)
PAGES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True)
class Located:
    """The manifest of a package, with remarks on its place; `name` is None where there is none or several."""

    format: Format
    name: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def root(self) -> str:
        """Return the folder of the manifest, with its slash."""
        folder, slash, _ = (self.name or "").rpartition("/")
        return folder + slash


def locate(names: Iterable[str]) -> Located | None:
    """Find the manifest of a package and its format; None where nothing in it could be opened.

    A package that follows several standards is taken by its imsmanifest.xml.
    """
    names = list(names)
    for kind, wanted in FORMATS:
        found = _shallowest(names, wanted)
        if len(found) > 1:
            return Located(kind, None, (finding("several-manifests", names=", ".join(sorted(found)[:5])),))
        if found:
            return Located(kind, found[0], _remarks(found[0], wanted) if kind == "ims" else ())
    endings = {name.rpartition(".")[2].lower() for name in names}
    if {"crs", "au"} <= endings:
        return Located("aicc")
    if any(name.lower().endswith(PAGES) for name in names):
        return Located("web")
    return None


def standard_of(reading: Reading) -> tuple[str, bool]:
    """Return the standard of an imsmanifest.xml, and whether the manifest itself makes it clear."""
    metadata = reading.child(reading.root, "metadata")
    version = (reading.text(metadata, "schemaversion") or "").lower() if metadata is not None else ""
    spaces = _namespaces(reading.root)
    if any("/imscc" in space or "imsccv1p" in space for space in spaces):
        return "common-cartridge", True
    if (found := _by_version(version)) is not None:
        return found, True
    if any(space.endswith(("adlcp_rootv1p2", "imscp_rootv1p1p2")) for space in spaces):
        return "scorm-1.2", True
    if any("adlcp_v1p3" in space or "adlseq_v1p3" in space or "imsss" in space for space in spaces):
        return "scorm-2004-3rd", True
    return "scorm-1.2", False


def _by_version(version: str) -> str | None:
    if version in {"1.2", "scorm 1.2"}:
        return "scorm-1.2"
    if "4th" in version:
        return "scorm-2004-4th"
    if "3rd" in version:
        return "scorm-2004-3rd"
    if version in {"cam 1.3", "1.3"} or "2nd" in version:
        return "scorm-2004-2nd"
    return "scorm-2004-3rd" if "2004" in version else None


def _namespaces(root: etree._Element) -> set[str]:
    spaces = {str(space) for space in root.nsmap.values()}
    for element in root.iter(etree.Element):
        spaces.add(etree.QName(element).namespace or "")
    return spaces


def _shallowest(names: list[str], wanted: str) -> list[str]:
    if wanted in names:
        return [wanted]
    found = [name for name in names if name.rpartition("/")[2].lower() == wanted]
    depth = min((name.count("/") for name in found), default=0)
    return [name for name in found if name.count("/") == depth]


def _remarks(name: str, wanted: str) -> tuple[Finding, ...]:
    folder, _, last = name.rpartition("/")
    return (
        *([finding("manifest-in-folder", file=name)] if folder else []),
        *([finding("manifest-name-case", file=name)] if last != wanted else []),
    )
