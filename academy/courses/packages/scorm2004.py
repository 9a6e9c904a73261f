"""The manifest of a SCORM 2004 package, read into an outline with its sequencing. (SCORM 2004 CAM 3.4)"""

from dataclasses import replace
from typing import Any

from academy.courses.packages import organizations
from academy.courses.packages.limits_of_time import time_limit_action
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Element, Reading
from academy.courses.packages.objectives_xml import identifier_of
from academy.courses.packages.organizations import Edition, Organized
from academy.courses.packages.outline import Bucket, Item, Outline
from academy.courses.packages.sequencing_xml import collection_of, definition_of
from academy.courses.packages.values_xml import Values
from academy.courses.sequencing.definition import Definition

STANDARDS = frozenset({"scorm-2004-2nd", "scorm-2004-3rd", "scorm-2004-4th"})


def read(reading: Reading, names: Names, *, standard: str) -> Outline:
    """Read the manifest; see `organizations.read`."""
    edition = Edition(standard, _facts, name=identifier_of, clusters_open=False)
    organized = organizations.read(reading, names, edition)
    values, organization = Values(reading), organized.organization
    return replace(
        organized.outline,
        tree=_tree(reading, organized),
        objectives_are_global=values.flag(organization, "objectivesGlobalToSystem", default=True),
        data_is_global=values.flag(organization, "sharedDataGlobalToSystem", default=True),
    )


def _facts(reading: Reading, element: Element) -> dict[str, Any]:
    return {
        "time_limit_action": time_limit_action(reading, element),
        "launch_data": reading.raw_text(element, "datafromlms"),
        "buckets": tuple(_buckets(reading, element)),
    }


def _buckets(reading: Reading, element: Element) -> list[Bucket]:
    """Return the shared data that an item sees. (4th Edition, `adlcp:data`)"""
    values = Values(reading)
    return [
        Bucket(
            identifier_of(target),
            reads=values.flag(one, "readSharedData", default=True),
            writes=values.flag(one, "writeSharedData", default=True),
        )
        for data in reading.children(element, "data")
        for one in reading.children(data, "map")
        if (target := values.told(one, "targetID"))
    ]


def _tree(reading: Reading, organized: Organized) -> Definition:
    """Return the definition of the whole tree; the organization is its root."""
    outline, collection = organized.outline, collection_of(reading)

    def grown(item: Item) -> Definition:
        children = [grown(child) for child in item.children]
        return definition_of(
            reading,
            organized.places[item.identifier],
            identifier=item.identifier,
            children=children,
            collection=collection,
        )

    if organized.organization is None:
        leaf = [Definition(item.identifier, item.title) for item in outline.items]
        return Definition("", outline.title, children=tuple(leaf))
    return definition_of(
        reading,
        organized.organization,
        identifier=outline.organization,
        children=[grown(item) for item in outline.items],
        collection=collection,
    )
