import json
import re
import string

import pytest

from academy.courses.packages.findings import (
    Finding,
    PackageRefused,
    finding,
    from_json,
    limited,
    refused,
)
from academy.courses.packages.messages import MESSAGES
from academy.errors import Invalid


def test_finding_takes_severity_and_sentence_from_the_catalogue() -> None:
    found = finding("file-missing", file="imsmanifest.xml", line=7, element="file", href="a.js")

    assert found == Finding("warning", "file-missing", {"href": "a.js"}, "imsmanifest.xml", 7, "file")
    assert found.message == "The manifest lists a file that is not in the package: a.js"


def test_texts_of_strangers_are_fit_to_be_shown() -> None:
    found = finding("file-missing", file="a\x1b[2J\nAccepted", element="x" * 2000, href="\u202eлмтх.a\0")

    assert (found.file, found.element) == ("a\\x1b[2J\\nAccepted", "x" * 1000 + "…")
    assert found.facts == {"href": "\\u202eлмтх.a\\x00"}


def test_finding_survives_json() -> None:
    found = finding("zip-too-many-files", count=30_000, limit=20_000)

    assert from_json(json.loads(json.dumps(found.to_json()))) == found


def test_findings_of_a_kind_are_limited_and_errors_come_first() -> None:
    many = [finding("file-missing", href=str(number)) for number in range(25)]
    error = finding("no-launchable-item")

    found = limited([finding("flash"), *many, error])

    assert found[0] == error
    assert found[1:21] == tuple(many[:20])
    assert found[21:] == (finding("flash"), finding("more-of-a-kind", kind="file-missing", count=5))


def test_refusal_is_a_domain_error_that_carries_the_findings() -> None:
    refusal = refused("name-parent", file="../a")

    assert isinstance(refusal, Invalid)
    assert isinstance(refusal, PackageRefused)
    assert str(refusal) == "The name of the entry leads out of the package (“..”)."
    assert refusal.findings == (finding("name-parent", file="../a"),)
    assert [one["code"] for one in refusal.facts["findings"]] == ["name-parent"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", MESSAGES)
def test_codes_are_kebab_case_and_sentences_have_named_places_only(code: str) -> None:
    text = str(MESSAGES[code][1])

    assert set(code) <= set(string.ascii_lowercase + string.digits + "-")
    assert re.findall(r"%(?!\(\w+\)s)", text) == []
    assert "lease" not in text.replace("release", "")
