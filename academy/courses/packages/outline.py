"""The one tree that every manifest reader returns, frozen with the package version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from academy.courses.sequencing.definition import Definition

Kind = Literal["sco", "asset"]
SAFE_IN_PATH = "/!$&'()*+,;=:@~-._"


@dataclass(frozen=True)
class Bucket:
    """A piece of data that items share, as one item sees it. (SCORM 2004 4th Edition)"""

    target: str
    reads: bool = True
    writes: bool = True


@dataclass(frozen=True)
class Item:
    """A node of the tree: a heading, or something that opens (`href` is not None), or both.

    `href` is a path in the package as its files are kept; `query` is what follows it, with `?` and `#`.
    """

    identifier: str
    title: str
    visible: bool = True
    href: str | None = None
    query: str = ""
    kind: Kind | None = None
    mastery_score: Decimal | None = None
    max_time_allowed: str | None = None
    time_limit_action: str | None = None
    launch_data: str | None = None
    prerequisites: str | None = None
    buckets: tuple[Bucket, ...] = ()
    children: tuple["Item", ...] = ()

    @property
    def launch(self) -> str:
        """Return the address to open, percent-encoded, relative to the package; ValueError for a heading."""
        if self.href is None:
            raise ValueError(f"item {self.identifier!r} opens nothing")
        return quote(self.href, safe=SAFE_IN_PATH) + self.query


@dataclass(frozen=True)
class Outline:
    """What a package holds, whatever standard it was written in; `root` is the folder of its manifest.

    `tree` says how SCORM 2004 goes through the items: its activities have their identifiers, the root that
    of the organization. What is global is shared by all courses of a learner.
    """

    standard: str
    identifier: str
    title: str
    organization: str
    items: tuple[Item, ...]
    edition: str | None = None
    version: str | None = None
    description: str | None = None
    language: str | None = None
    root: str = ""
    tree: Definition | None = None
    objectives_are_global: bool = True
    data_is_global: bool = True


def leaves(outline: Outline) -> tuple[Item, ...]:
    """Return the items that open something, in the order of the document."""
    return tuple(item for item in walk(outline.items) if item.href is not None)


def walk(items: tuple[Item, ...]) -> Iterator[Item]:
    """Yield items and all below them, parents first."""
    for item in items:
        yield item
        yield from walk(item.children)


def clusters(outline: Outline) -> dict[str, tuple[str, ...]]:
    """Return the identifiers of the leaves under each heading, which prerequisites may name."""
    return {
        item.identifier: tuple(leaf.identifier for leaf in walk(item.children) if leaf.href is not None)
        for item in walk(outline.items)
        if item.children and item.href is None
    }


def to_json(outline: Outline) -> dict[str, Any]:
    """Return the outline as JSON that `from_json` reads back whole."""
    tree = None if outline.tree is None else msgspec.to_builtins(outline.tree)
    return {**vars(outline), "items": [_item_to_json(item) for item in outline.items], "tree": tree}


def from_json(kept: Mapping[str, Any]) -> Outline:
    """Read an outline that was kept as JSON; unknown keys of newer releases are left aside."""
    known = {name: value for name, value in kept.items() if name in Outline.__dataclass_fields__}
    known["items"] = tuple(_item_from_json(item) for item in kept["items"])
    if kept.get("tree") is not None:
        known["tree"] = msgspec.convert(kept["tree"], Definition)
    return Outline(**known)


def _item_to_json(item: Item) -> dict[str, Any]:
    mastery = None if item.mastery_score is None else str(item.mastery_score)
    return {
        **vars(item),
        "mastery_score": mastery,
        "buckets": [vars(bucket) for bucket in item.buckets],
        "children": [_item_to_json(child) for child in item.children],
    }


def _item_from_json(kept: Mapping[str, Any]) -> Item:
    known = {name: value for name, value in kept.items() if name in Item.__dataclass_fields__}
    mastery = kept.get("mastery_score")
    known["mastery_score"] = None if mastery is None else Decimal(mastery)
    known["buckets"] = tuple(Bucket(**bucket) for bucket in kept.get("buckets", ()))
    return Item(**{**known, "children": tuple(_item_from_json(child) for child in kept.get("children", ()))})
