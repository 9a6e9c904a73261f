"""SCORM 1.2 packages in memory: a manifest from a few words, and small files for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from tests.packages import zips

SPACES = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'
)
PAGE = "<!DOCTYPE html><title>Page</title><p>A page.</p>"


@dataclass
class Sco:
    """An item with its resource; `extra` is XML inside of the item."""

    identifier: str = "item-1"
    title: str = "First part"
    href: str = "index.html"
    kind: str = "sco"
    parameters: str = ""
    extra: str = ""
    children: list["Sco"] = field(default_factory=list)


def item(sco: Sco) -> str:
    """Return the item element of a part."""
    parameters = f" parameters={quoteattr(sco.parameters)}" if sco.parameters else ""
    reference = f' identifierref="r-{sco.identifier}"' if sco.href else ""
    inner = "".join(map(item, sco.children))
    title = f"<title>{escape(sco.title)}</title>" if sco.title else ""
    return f'<item identifier="{sco.identifier}"{reference}{parameters}>{title}{sco.extra}{inner}</item>'


def resource(sco: Sco) -> str:
    """Return the resource elements of a part and of those below it."""
    own = (
        f'<resource identifier="r-{sco.identifier}" type="webcontent" adlcp:scormtype="{sco.kind}"'
        f" href={quoteattr(sco.href)}><file href={quoteattr(sco.href)}/></resource>"
        if sco.href
        else ""
    )
    return own + "".join(map(resource, sco.children))


def manifest(scos: Iterable[Sco] = (), *, title: str = "Course", resources: str = "", head: str = "") -> str:
    """Return a manifest with one organization of these parts."""
    scos = list(scos) or [Sco()]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier="m" version="1.0" {SPACES}>\n'
        "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>\n"
        f'{head}<organizations default="o"><organization identifier="o"><title>{escape(title)}</title>\n'
        + "\n".join(map(item, scos))
        + "\n</organization></organizations>\n<resources>"
        + "\n".join(map(resource, scos))
        + f"{resources}</resources></manifest>"
    )


def files(
    scos: Iterable[Sco] = (), *, more: Mapping[str, bytes | str] | None = None, **options: str
) -> dict[str, bytes | str]:
    """Return the files of a package: manifest, the page of each part, and `more`."""
    scos = list(scos) or [Sco()]
    pages = {sco.href.partition("?")[0].partition("#")[0]: PAGE for sco in _all(scos) if sco.href}
    return {"imsmanifest.xml": manifest(scos, **options), **pages, **(more or {})}


def package(
    scos: Iterable[Sco] = (), *, more: Mapping[str, bytes | str] | None = None, **options: str
) -> bytes:
    """Return a package as a zip."""
    return zips.plain(files(scos, more=more, **options))


def _all(scos: Iterable[Sco]) -> list[Sco]:
    return [one for sco in scos for one in (sco, *_all(sco.children))]
