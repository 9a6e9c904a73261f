"""The organizations of an imsmanifest.xml and their items, whatever the edition. (CAM 2.3, 3.4)"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from academy.courses.packages.addresses import with_parameters
from academy.courses.packages.findings import refused
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Element, Reading
from academy.courses.packages.metadata import described
from academy.courses.packages.outline import Item, Outline, leaves
from academy.courses.packages.resources import Manifest, Resource, Resources

LONGEST_IDENTIFIER = 500  # the database finds activities by it
MOST_PARTS = 200
HIDDEN = frozenset({"false", "0", "no"})


@dataclass(frozen=True)
class Edition:
    """How an edition differs: what it says of an item beyond its title and file, and how it names things.

    In SCORM 2004 an item with items below it opens nothing.
    """

    standard: str
    facts: Callable[[Reading, Element], dict[str, Any]]
    name: Callable[[str], str]
    clusters_open: bool


@dataclass(frozen=True)
class Organized:
    """The outline, the organization it comes from (None where it was made up), and where each item stands."""

    outline: Outline
    organization: Element | None = None
    places: dict[str, Element] = field(default_factory=dict)


def read(reading: Reading, names: Names, edition: Edition) -> Organized:
    """Read the manifest; what is wrong but can be lived with is said in `reading.findings`.

    `names` are the files relative to the folder of the manifest. An item whose file is missing or lies
    elsewhere stays as a heading. Nothing to open at all is the finding no-launchable-item.
    """
    resources = Resources(reading, names, name=edition.name)
    several = sum(len(_organizations(reading, manifest)) for manifest in resources.manifests)
    if len(resources.manifests) + several > MOST_PARTS:
        raise refused("manifest-too-many-items", file=reading.file, limit=MOST_PARTS)
    if len(resources.manifests) > 1:
        reading.say("sub-manifest", resources.manifests[1].element)
    organized = _organized(reading, resources, edition) or _without_organization(reading, resources, edition)
    found = leaves(organized.outline)
    if not found:
        reading.say("no-launchable-item", reading.root)
    elif all(item.kind == "asset" for item in found):
        reading.say("no-sco")
    return organized


def _organized(reading: Reading, resources: Resources, edition: Edition) -> Organized | None:
    """Build the default organization, or the first other one in which something opens."""
    several = [pair for manifest in resources.manifests for pair in _organizations(reading, manifest)]
    own = [pair for pair in several if pair[0].element is reading.root] or several
    if not own:
        return None
    chosen = _default(reading, own, edition)
    first = _built(reading, resources, edition, *chosen)
    if len(own) > 1:
        reading.say("several-organizations", chosen[1], count=len(own), chosen=first.outline.title)
    if leaves(first.outline):
        return first
    for other in own:
        found = first if other is chosen else _built(reading, resources, edition, *other)
        if leaves(found.outline):
            reading.say(
                "organization-without-content",
                chosen[1],
                identifier=first.outline.organization,
                chosen=found.outline.organization,
            )
            return found
    return first


def _organizations(reading: Reading, manifest: Manifest) -> list[tuple[Manifest, Element]]:
    return [
        (manifest, organization)
        for group in reading.children(manifest.element, "organizations")
        for organization in reading.children(group, "organization")
    ]


def _default(
    reading: Reading, several: list[tuple[Manifest, Element]], edition: Edition
) -> tuple[Manifest, Element]:
    group = several[0][1].getparent()
    wanted = reading.attribute(group, "default") if group is not None else None
    for pair in several:
        if wanted and edition.name(reading.attribute(pair[1], "identifier") or "") == edition.name(wanted):
            return pair
    if wanted:
        reading.say("default-organization-missing", group, identifier=wanted)
    return several[0]


def _built(
    reading: Reading, resources: Resources, edition: Edition, manifest: Manifest, organization: Element
) -> Organized:
    builder = _Items(reading, resources, edition)
    outline = Outline(
        standard=edition.standard,
        identifier=reading.attribute(reading.root, "identifier") or "",
        version=reading.attribute(reading.root, "version"),
        title=reading.text(organization, "title") or described(reading, "title") or "",
        description=described(reading, "description"),
        language=described(reading, "language"),
        organization=edition.name(reading.attribute(organization, "identifier") or ""),
        items=builder.below(organization, manifest),
    )
    return Organized(outline, organization, builder.places)


def _without_organization(reading: Reading, resources: Resources, edition: Edition) -> Organized:
    reading.say("no-organization", reading.child(reading.root, "organizations"))
    resource = resources.first_to_open()
    title = described(reading, "title") or ""
    identifier = reading.attribute(reading.root, "identifier") or ""
    items: tuple[Item, ...] = ()
    if resource and resource.target:
        path, suffix = resource.target.path, resource.target.suffix
        items = (Item(resource.identifier or "item-1", title, href=path, query=suffix, kind=resource.kind),)
    description = described(reading, "description")
    return Organized(Outline(edition.standard, identifier, title, "", items, description=description))


class _Items:
    """Builds the items of one organization; `places` tells where each stands. Identifiers are made unique."""

    def __init__(self, reading: Reading, resources: Resources, edition: Edition) -> None:
        self._reading, self._edition = reading, edition
        self._resources = resources
        self.places: dict[str, Element] = {}
        self._numbers: dict[str, int] = {}
        self._joining: list[Element] = []

    def below(self, parent: Element, manifest: Manifest) -> tuple[Item, ...]:
        return tuple(self._item(element, manifest) for element in self._reading.children(parent, "item"))

    def _item(self, element: Element, manifest: Manifest) -> Item:
        self._resources.count_item()
        identifier = self._identifier(element)
        reference = self._reading.attribute(element, "identifierref")
        joined: tuple[Item, ...] = ()
        resource: Resource | None = None
        if reference:
            resource = self._resources.get(manifest, reference)
            joined = self._joined(element, reference) if resource is None else ()
        below = (*joined, *self.below(element, manifest))
        opens = self._edition.clusters_open or not below
        if resource is not None and not opens:
            self._reading.say("cluster-with-content", element)
        target = self._target(element, resource) if opens else None
        visible = (self._reading.attribute(element, "isvisible") or "true").strip().lower() not in HIDDEN
        parameters = self._reading.attribute(element, "parameters")
        return Item(
            identifier=identifier,
            title=self._reading.text(element, "title") or identifier,
            visible=visible,
            href=target[0] if target else None,
            query=with_parameters(target[1], parameters) if target else "",
            kind=resource.kind if resource and target else None,
            children=below,
            **self._edition.facts(self._reading, element),
        )

    def _identifier(self, element: Element) -> str:
        given = self._edition.name(self._reading.attribute(element, "identifier") or "")
        if len(given) > LONGEST_IDENTIFIER:
            self._reading.say("identifier-too-long", element, limit=LONGEST_IDENTIFIER)
            given = given[:LONGEST_IDENTIFIER]
        stem = given or f"item-{len(self.places) + 1}"
        identifier = stem
        while identifier in self.places:
            self._numbers[stem] = self._numbers.get(stem, 1) + 1
            identifier = f"{stem}-{self._numbers[stem]}"
        self.places[identifier] = element
        if not given:
            self._reading.say("identifier-missing", element, identifier=identifier)
        elif identifier != given:
            self._reading.say("identifier-twice", element, identifier=given)
        return identifier

    def _joined(self, element: Element, reference: str) -> tuple[Item, ...]:
        """Return the items of an inner manifest, if the reference means one or its organization."""
        for inner in self._resources.manifests[1:]:
            for manifest, organization in _organizations(self._reading, inner):
                known = {self._reading.attribute(one, "identifier") for one in (inner.element, organization)}
                if reference not in known:
                    continue
                if organization in self._joining:
                    self._reading.say("sub-manifest-circular", element)
                    return ()
                self._joining.append(organization)
                items = self.below(organization, manifest)
                self._joining.pop()
                return items
        self._reading.say("resource-missing", element, identifier=reference)
        return ()

    def _target(self, element: Element, resource: Resource | None) -> tuple[str, str] | None:
        if resource is None:
            return None
        target = resource.target
        if target is None:
            self._reading.say("resource-without-href", element, identifier=resource.identifier)
            return None
        if target.path is None:
            code = (
                "external-launch"
                if target.external
                else "href-outside"
                if target.outside
                else "launch-file-missing"
            )
            self._reading.say(code, element, href=target.href)
            return None
        if target.other_case:
            self._reading.say("href-case", element, href=target.href)
        return target.path, target.suffix
