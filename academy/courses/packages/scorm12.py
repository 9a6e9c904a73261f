"""The manifest of a SCORM 1.2 package, read into an outline. (SCORM 1.2 CAM 2.3)"""

import re
from decimal import Decimal, InvalidOperation

from academy.courses.packages import prerequisites
from academy.courses.packages.addresses import with_parameters
from academy.courses.packages.findings import refused
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Element, Reading
from academy.courses.packages.outline import Item, Outline, leaves, walk
from academy.courses.packages.resources import Manifest, Resource, Resources

STANDARD = "scorm-1.2"
TIME = re.compile(r"\d{1,4}:\d{2}:\d{2}(\.\d{1,2})?")
TIME_LIMIT_ACTIONS = frozenset({"exit,message", "exit,no message", "continue,message", "continue,no message"})
LONGEST_IDENTIFIER = 500  # the database finds activities by it
MOST_PARTS = 200
HIDDEN = frozenset({"false", "0", "no"})


def read(reading: Reading, names: Names) -> Outline:
    """Read the manifest; what is wrong but can be lived with is said in `reading.findings`.

    `names` are the files relative to the folder of the manifest. An item whose file is missing or lies
    elsewhere stays as a heading. Nothing to open at all is the finding no-launchable-item.
    """
    resources = Resources(reading, names)
    several = sum(len(_organizations(reading, manifest)) for manifest in resources.manifests)
    if len(resources.manifests) + several > MOST_PARTS:
        raise refused("manifest-too-many-items", file=reading.file, limit=MOST_PARTS)
    if len(resources.manifests) > 1:
        reading.say("sub-manifest", resources.manifests[1].element)
    outline = _organized(reading, resources) or _without_organization(reading, resources)
    found = leaves(outline)
    if not found:
        reading.say("no-launchable-item", reading.root)
    elif all(item.kind == "asset" for item in found):
        reading.say("no-sco")
    return outline


def _organized(reading: Reading, resources: Resources) -> Outline | None:
    """Build the default organization, or the first other one in which something opens."""
    several = [pair for manifest in resources.manifests for pair in _organizations(reading, manifest)]
    own = [pair for pair in several if pair[0].element is reading.root] or several
    if not own:
        return None
    chosen = _default(reading, own)
    outline = _outline(reading, resources, *chosen)
    if len(own) > 1:
        reading.say("several-organizations", chosen[1], count=len(own), chosen=outline.title)
    if leaves(outline):
        return outline
    for other in own:
        if other is not chosen and leaves(found := _outline(reading, resources, *other)):
            reading.say(
                "organization-without-content",
                chosen[1],
                identifier=outline.organization,
                chosen=found.organization,
            )
            return found
    return outline


def _organizations(reading: Reading, manifest: Manifest) -> list[tuple[Manifest, Element]]:
    return [
        (manifest, organization)
        for group in reading.children(manifest.element, "organizations")
        for organization in reading.children(group, "organization")
    ]


def _default(reading: Reading, several: list[tuple[Manifest, Element]]) -> tuple[Manifest, Element]:
    group = several[0][1].getparent()
    wanted = reading.attribute(group, "default") if group is not None else None
    for pair in several:
        if wanted and reading.attribute(pair[1], "identifier") == wanted:
            return pair
    if wanted:
        reading.say("default-organization-missing", group, identifier=wanted)
    return several[0]


def _outline(reading: Reading, resources: Resources, manifest: Manifest, organization: Element) -> Outline:
    builder = _Items(reading, resources)
    items = builder.below(organization, manifest)
    _check_prerequisites(reading, items, builder.places)
    return Outline(
        standard=STANDARD,
        identifier=reading.attribute(reading.root, "identifier") or "",
        version=reading.attribute(reading.root, "version"),
        title=reading.text(organization, "title") or _described(reading, "title") or "",
        description=_described(reading, "description"),
        language=_described(reading, "language"),
        organization=reading.attribute(organization, "identifier") or "",
        items=items,
    )


def _without_organization(reading: Reading, resources: Resources) -> Outline:
    reading.say("no-organization", reading.child(reading.root, "organizations"))
    resource = resources.first_to_open()
    title = _described(reading, "title") or ""
    identifier = reading.attribute(reading.root, "identifier") or ""
    items: tuple[Item, ...] = ()
    if resource and resource.target:
        path, suffix = resource.target.path, resource.target.suffix
        items = (Item(resource.identifier or "item-1", title, href=path, query=suffix, kind=resource.kind),)
    return Outline(STANDARD, identifier, title, "", items, description=_described(reading, "description"))


def _described(reading: Reading, name: str) -> str | None:
    """Return a field of the `general` part of the metadata (LOM), in the first language given."""
    place: Element | None = reading.root
    for step in ("metadata", "lom", "general"):
        place = reading.child(place, step) if place is not None else None
    return reading.text(place, name) if place is not None else None


class _Items:
    """Builds the items of one organization; `places` tells where each stands. Identifiers are made unique."""

    def __init__(self, reading: Reading, resources: Resources) -> None:
        self._reading = reading
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
        target = self._target(element, resource)
        visible = (self._reading.attribute(element, "isvisible") or "true").strip().lower() not in HIDDEN
        parameters = self._reading.attribute(element, "parameters")
        return Item(
            identifier=identifier,
            title=self._reading.text(element, "title") or identifier,
            visible=visible,
            href=target[0] if target else None,
            query=with_parameters(target[1], parameters) if target else "",
            kind=resource.kind if resource and target else None,
            mastery_score=self._mastery_score(element),
            max_time_allowed=self._max_time(element),
            time_limit_action=self._time_limit_action(element),
            launch_data=self._reading.raw_text(element, "datafromlms"),
            prerequisites=self._reading.raw_text(element, "prerequisites"),
            children=(*joined, *self.below(element, manifest)),
        )

    def _identifier(self, element: Element) -> str:
        given = (self._reading.attribute(element, "identifier") or "").strip()
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

    def _mastery_score(self, element: Element) -> Decimal | None:
        text = self._reading.text(element, "masteryscore")
        if text is None:
            return None
        try:
            score = Decimal(text.replace(",", "."))
        except InvalidOperation:
            score = Decimal("NaN")
        if score.is_finite() and 0 <= score <= 100:
            return score
        self._reading.say("mastery-score-invalid", element, value=text)
        return None

    def _max_time(self, element: Element) -> str | None:
        text = self._reading.text(element, "maxtimeallowed")
        if text is not None and not TIME.fullmatch(text):
            self._reading.say("time-invalid", element, value=text)
            return None
        return text

    def _time_limit_action(self, element: Element) -> str | None:
        text = self._reading.text(element, "timelimitaction")
        if text is None:
            return None
        action = re.sub(r"\s*,\s*", ",", text.lower())
        if action in TIME_LIMIT_ACTIONS:
            return action
        self._reading.say("time-limit-action-invalid", element, value=text)
        return None


def _check_prerequisites(reading: Reading, items: tuple[Item, ...], places: dict[str, Element]) -> None:
    for item in walk(items):
        if not item.prerequisites:
            continue
        place = places[item.identifier]
        try:
            expression = prerequisites.parse(item.prerequisites)
        except prerequisites.Unreadable as fault:
            reading.say("prerequisites-invalid", place, value=item.prerequisites, position=fault.position)
            continue
        for identifier in sorted(set(prerequisites.operands(expression)) - places.keys()):
            reading.say("prerequisites-unknown", place, identifier=identifier)
