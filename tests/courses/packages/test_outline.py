import json
from decimal import Decimal

import pytest

from academy.courses.packages.outline import Item, Outline, from_json, leaves, to_json, walk

PART = Item("part", "Part", href="a b/Ж.html", query="?x=1#y", kind="sco", mastery_score=Decimal("72.5"))
LAST = Item(
    "last", "Last", visible=False, href="last.html", kind="asset", prerequisites="part", launch_data="d"
)
HEADING = Item("heading", "Heading", children=(PART, Item("empty", "Empty")))
OUTLINE = Outline(
    standard="scorm-1.2",
    identifier="m",
    title="Курс",
    organization="o",
    items=(HEADING, LAST),
    version="1",
    description="About",
    language="ru",
    root="course/",
)


def test_leaves_are_what_opens_in_the_order_of_the_document() -> None:
    assert leaves(OUTLINE) == (PART, LAST)
    assert [item.identifier for item in walk(OUTLINE.items)] == ["heading", "part", "empty", "last"]


def test_outline_survives_json_whole() -> None:
    kept = json.loads(json.dumps(to_json(OUTLINE)))

    assert from_json(kept) == OUTLINE


def test_outline_of_a_newer_release_can_be_read() -> None:
    kept = to_json(OUTLINE) | {"sequencing": {"from": "later"}}
    kept["items"][0]["objectives"] = []

    assert from_json(kept) == OUTLINE


def test_launch_is_a_url_relative_to_the_package() -> None:
    assert PART.launch == "a%20b/%D0%96.html?x=1#y"
    assert Item("x", "X", href="50% #1?.html").launch == "50%25%20%231%3F.html"
    with pytest.raises(ValueError, match="heading"):
        _ = HEADING.launch
