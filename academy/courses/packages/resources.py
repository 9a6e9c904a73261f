"""The resources of a manifest and of the manifests inside of it, found by identifier."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from academy.courses.packages.addresses import Target, resolve
from academy.courses.packages.findings import refused
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Element, Reading, local
from academy.courses.packages.outline import Kind

MOST_ITEMS = 10_000
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True)
class Resource:
    """A resource; `target` is None where it names no file to open."""

    identifier: str
    kind: Kind
    target: Target | None


@dataclass(frozen=True)
class Manifest:
    """A manifest, the whole one or one inside of it, with the bases above it."""

    element: Element
    bases: tuple[str, ...]


class Resources:
    """All resources of a package; those of the manifest that asks come first."""

    def __init__(self, reading: Reading, names: Names, *, name: Callable[[str], str] = str) -> None:
        """Read the resources of all manifests; missing files and dependencies are told.

        `name` brings identifiers to the form in which they are compared.
        """
        self._reading, self._name = reading, name
        self._names = names
        self._missing: set[str] = set()
        self._items = 0
        self.manifests = _manifests(reading.root, ())
        self._found: dict[tuple[Element, str], Resource] = {}
        self._anywhere: dict[str, Resource] = {}
        dependencies: list[tuple[Element, str]] = []
        for manifest in self.manifests:
            dependencies += self._read(manifest)
        for element, identifier in dependencies:
            if identifier not in self._anywhere:
                reading.say("dependency-missing", element, identifier=identifier)

    def count_item(self) -> None:
        """Count an item that is built; refuses a manifest that has, or multiplies into, too many."""
        self._items += 1
        if self._items > MOST_ITEMS:
            raise refused("manifest-too-many-items", file=self._reading.file, limit=MOST_ITEMS)

    def get(self, manifest: Manifest, identifier: str) -> Resource | None:
        """Return a resource by its identifier, or None."""
        identifier = self._name(identifier)
        return self._found.get((manifest.element, identifier)) or self._anywhere.get(identifier)

    def first_to_open(self) -> Resource | None:
        """Return the first resource with a file of the package, SCOs before assets."""
        able = [one for one in self._anywhere.values() if one.target and one.target.path is not None]
        return min(able, key=lambda one: one.kind != "sco", default=None)

    def _read(self, manifest: Manifest) -> list[tuple[Element, str]]:
        dependencies: list[tuple[Element, str]] = []
        for group in self._reading.children(manifest.element, "resources"):
            bases = (*manifest.bases, group.get(XML_BASE) or "")
            for element in self._reading.children(group, "resource"):
                self._add(manifest, element, (*bases, element.get(XML_BASE) or ""))
                for dependency in self._reading.children(element, "dependency"):
                    dependencies.append(
                        (dependency, self._name(self._reading.attribute(dependency, "identifierref") or ""))
                    )
        return dependencies

    def _add(self, manifest: Manifest, element: Element, bases: tuple[str, ...]) -> None:
        identifier = self._name(self._reading.attribute(element, "identifier") or "")
        href = (self._reading.attribute(element, "href") or "").strip()
        kind = (self._reading.attribute(element, "scormtype") or "asset").strip().lower()
        target = resolve(href, bases, self._names) if href else None
        resource = Resource(identifier, "sco" if kind == "sco" else "asset", target)
        self._check_files(element, bases, href)
        if (manifest.element, identifier) in self._found:
            self._reading.say("identifier-twice", element, identifier=identifier)
            return
        self._found[manifest.element, identifier] = resource
        self._anywhere.setdefault(identifier, resource)

    def _check_files(self, element: Element, bases: tuple[str, ...], launched: str) -> None:
        for file in self._reading.children(element, "file"):
            href = (self._reading.attribute(file, "href") or "").strip()
            if not href or href == launched:
                continue
            target = resolve(href, bases, self._names)
            if target.path is None and not target.external and target.href not in self._missing:
                self._missing.add(target.href)
                self._reading.say(
                    "href-outside" if target.outside else "file-missing", file, href=target.href
                )


def _manifests(element: Element, above: tuple[str, ...]) -> list[Manifest]:
    own = Manifest(element, (*above, element.get(XML_BASE) or ""))
    inner = [child for child in element.iterchildren(tag=etree.Element) if local(child).lower() == "manifest"]
    return [own, *(found for child in inner for found in _manifests(child, own.bases))]
