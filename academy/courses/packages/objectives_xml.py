"""The objectives of an activity of a SCORM 2004 manifest, and their maps to shared ones. (CAM 5.1)"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from lxml import etree

from academy.courses.packages.manifest_xml import Element, Reading, local
from academy.courses.packages.values_xml import Values
from academy.courses.sequencing.definition import (
    COMPLETION,
    LEAST,
    MEASURE,
    MOST,
    PROGRESS,
    RAW,
    SATISFIED,
    Map,
    Objective,
)

#: What a map of the schema imsss, and one of adlseq, may carry, by the end of the attribute's name.
OF_IMSSS = {"SatisfiedStatus": SATISFIED, "NormalizedMeasure": MEASURE}
OF_ADLSEQ = {
    "RawScore": RAW,
    "MinScore": LEAST,
    "MaxScore": MOST,
    "CompletionStatus": COMPLETION,
    "ProgressMeasure": PROGRESS,
}


def identifier_of(text: str) -> str:
    """Return an identifier as it is compared: percent escapes undone, white space collapsed."""
    return " ".join(unquote(text).split())


def objectives_of(reading: Reading, group: Element | None, adl: Element | None) -> tuple[Objective, ...]:
    """Return the objectives, the primary one first; an anonymous one where none is given.

    `adl` is the element of the schema adlseq that adds maps to some of them.
    """
    primary: Objective | None = None
    others = []
    for element in group.iterchildren(tag=etree.Element) if group is not None else ():
        found = _objective(reading, element, adl)
        if local(element) == "primaryObjective" and primary is None:
            primary = found
        else:
            others.append(found)
    return (primary or Objective(), *others)


def _objective(reading: Reading, element: Element, adl: Element | None) -> Objective:
    values = Values(reading)
    identifier = _identified(values, element)
    maps = [*_maps(reading, element, OF_IMSSS)]
    for further in reading.children(adl, "objective") if adl is not None else ():
        if _identified(values, further) == identifier:
            maps += _maps(reading, further, OF_ADLSEQ)
    return Objective(
        identifier=identifier,
        by_measure=values.flag(element, "satisfiedByMeasure", default=False),
        least_measure=values.decimal(element, reading.text(element, "minNormalizedMeasure"), default=1.0),
        maps=tuple(maps),
    )


def _identified(values: Values, element: Element) -> str | None:
    told = values.told(element, "objectiveID")
    return identifier_of(told) if told else None


def _maps(reading: Reading, element: Element, names: Mapping[str, str]) -> Iterator[Map]:
    """Go through the maps of one schema; what may be read is read unless it is said not to be."""
    values = Values(reading)

    def chosen(one: Element, verb: str, *, default: bool) -> frozenset[str]:
        return frozenset(
            name for end, name in names.items() if values.flag(one, f"{verb}{end}", default=default)
        )

    for one in reading.children(element, "mapInfo"):
        if target := values.told(one, "targetObjectiveID"):
            reads, writes = chosen(one, "read", default=True), chosen(one, "write", default=False)
            yield Map(identifier_of(target), reads=reads, writes=writes)
