"""Editions, definitions and preconditions."""

import pytest

from academy.xapi import definitions, editions, preconditions
from academy.xapi.editions import Edition
from academy.xapi.errors import DocumentConflict, PreconditionFailed, XapiInvalid
from academy.xapi.preconditions import Demand, Preconditions


@pytest.mark.parametrize(
    ("text", "edition"),
    [("1.0", Edition.FIRST), ("1.0.9", Edition.FIRST), ("2.0", Edition.SECOND), ("2.0.0", Edition.SECOND)],
)
def test_negotiated_known_lines(text, edition):
    assert editions.negotiated(text) is edition


@pytest.mark.parametrize("text", [None, "", "1", "0.95", "1.1.0", "2.1.0", "3.0", "1.0.x"])
def test_negotiated_other_versions_are_refused(text):
    with pytest.raises(XapiInvalid):
        editions.negotiated(text)


def test_merged_definition_grows_and_keeps_what_is_known():
    known = {"name": {"en": "Old"}, "correctResponsesPattern": ["a"]}
    given = {
        "name": {"en": "New", "ru": "Новое"},
        "description": {"en": "More"},
        "correctResponsesPattern": ["b"],
    }

    assert definitions.merged(known, given) == {
        "name": {"en": "New", "ru": "Новое"},
        "description": {"en": "More"},
        "correctResponsesPattern": ["a"],
    }


@pytest.mark.parametrize(
    ("given", "etag"),
    [
        (Preconditions(), None),
        (Preconditions(), "abc"),
        (Preconditions(if_match='"abc"'), "abc"),
        (Preconditions(if_match='"x", W/"abc"'), "abc"),
        (Preconditions(if_match="*"), "abc"),
        (Preconditions(if_none_match="*"), None),
        (Preconditions(if_none_match='"x"'), "abc"),
    ],
)
def test_check_what_holds_passes(given, etag):
    preconditions.check(given, etag=etag)


@pytest.mark.parametrize(
    ("given", "etag"),
    [
        (Preconditions(if_match='"x"'), "abc"),
        (Preconditions(if_match="abc"), "abc"),
        (Preconditions(if_match="*"), None),
        (Preconditions(if_match='"abc"'), None),
        (Preconditions(if_none_match="*"), "abc"),
        (Preconditions(if_none_match='"abc"'), "abc"),
    ],
)
def test_check_what_does_not_hold_is_a_failed_precondition(given, etag):
    with pytest.raises(PreconditionFailed):
        preconditions.check(given, etag=etag)


def test_check_demand_tells_new_from_existing():
    preconditions.check(Preconditions(), etag=None, demand=Demand.FOR_EXISTING)
    with pytest.raises(DocumentConflict, match="If-Match"):
        preconditions.check(Preconditions(), etag="abc", demand=Demand.FOR_EXISTING)
    with pytest.raises(DocumentConflict):
        preconditions.check(Preconditions(), etag="abc", demand=Demand.ALWAYS)
    with pytest.raises(XapiInvalid):
        preconditions.check(Preconditions(), etag=None, demand=Demand.ALWAYS)
