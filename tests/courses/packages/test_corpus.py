"""Real and hostile packages beside the project; each has its expected verdict here."""

import json
from pathlib import Path
from random import Random

import pytest

from academy.courses.packages import checking
from academy.courses.packages.archive import open_archive
from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.outline import from_json, leaves, to_json
from academy.courses.sequencing.tree import Tree

GOLF = {
    "ContentPackagingMetadata_SCORM20043rdEdition": "scorm-2004-3rd",
    "ContentPackagingOneFilePerSCO_SCORM12": 18,
    "ContentPackagingOneFilePerSCO_SCORM20043rdEdition": "scorm-2004-3rd",
    "ContentPackagingSingleSCO_SCORM20043rdEdition": "scorm-2004-3rd",
    "ContentPackagingWithMetadata_SCORM12": 1,
    "RuntimeBasicCalls_SCORM12": 1,
    "RuntimeBasicCalls_SCORM20043rdEdition": "scorm-2004-3rd",
    "RuntimeMinimumCalls_SCORM20043rdEdition": "scorm-2004-3rd",
    "SequencingForcedSequential_SCORM20043rdEdition": "scorm-2004-3rd",
    "SequencingPostTestRollup4thEd_SCORM20044thEdition": "scorm-2004-4th",
    "SequencingPostTestRollup_SCORM20043rdEdition": "scorm-2004-3rd",
    "SequencingSimpleRemediation_SCORM20043rdEdition": "scorm-2004-3rd",
}
MALFORMED = {
    "emp_AdlAttributes_SCORM20043rdEdition": "no-launchable-item standard-not-yet",
    "emp_CM-01-broken-default-org": "no-launchable-item standard-not-yet",
    "emp_InvalidFileReferences_SCORM12": "no-launchable-item",
    "emp_InvalidMissingOrgIdentifier_SCORM20043rdEdition": "no-launchable-item standard-not-yet",
    "emp_LaunchUrlFromNestedItem_SCORM12": 2,
    "emp_MissingLaunchUrl_SCORM12": "no-launchable-item",
    "emp_MultipleItemsWithIdentifierRef_SCORM12": 3,
    "get-bridge_NonWorkingSCORM_empty": "no-manifest",
}
OTHERS = {"emp_aicc": None, "emp_cmi5": "cmi5", "emp_scorm2004": "scorm-2004-3rd"}
HOSTILE: dict[str, str | list[str]] = {
    "accept_comment": ["foo"],
    "accept_empty": [],
    "accept_nosubdir": ["foo/bar"],
    "accept_short_usize_zip64": "zip-ambiguous",  # stored, with two sizes: readers disagree on what it holds
    "accept_subdir": ["foo/bar"],
    "reject_8bitcomment": "zip-ambiguous",
    "reject_cd_extra_entry": "zip-overlap",
    "reject_data_descriptor": ["fixme"],  # as streaming tools write it
    "reject_data_descriptor_bad_crc_0": "zip-ambiguous",
    "reject_data_descriptor_bad_usize": "zip-ambiguous",
    "reject_data_descriptor_zip64": ["fixme"],  # as streaming tools write it
    "reject_data_descriptor_zip64_usize": "zip-ambiguous",
    "reject_eocd64_locator_mismatch": "zip-ambiguous",
    "reject_eocd64_without_eocd": "zip-ambiguous",
    "reject_extra3byte": "zip-broken",
    "reject_non_ascii_original_name": ["é"],  # as Info-ZIP writes it
    "reject_prefix": "zip-hidden-data",
    "reject_shortextra": "zip-broken",
    "reject_unicode_extra_chain": "zip-ambiguous",
    "reject_zip64_eocd_extensible_data": "zip-ambiguous",
    "reject_zip64_extra_too_long": "zip-ambiguous",
    "reject_zip64_extra_usize": "zip-size-wrong",
}


@pytest.mark.parametrize(("name", "expected"), GOLF.items())
def test_golf_packages_are_accepted_or_recognised(corpus: Path, name: str, expected: int | str) -> None:
    report = checking.report_json(checking.check(corpus / "golf" / f"{name}.zip"))

    if isinstance(expected, int):
        assert (report["accepted"], report["standard"]) == (True, "scorm-1.2")
        assert report["activities"] == expected
    else:
        assert (report["accepted"], report["standard"]) == (False, expected)


def test_golf_quizzes_get_their_parameters(corpus: Path) -> None:
    report = checking.check(corpus / "golf" / "ContentPackagingOneFilePerSCO_SCORM12.zip")
    outline = checking.report_json(report)["outline"]

    assert isinstance(outline, list)
    assert [part["launch"] for part in outline if "?" in part["launch"]] == [
        f"shared/assessmenttemplate.html?questions={topic}"
        for topic in ("Playing", "Etiquette", "Handicapping", "HavingFun")
    ]


@pytest.mark.parametrize(("name", "expected"), MALFORMED.items())
def test_malformed_packages_get_their_verdict(corpus: Path, name: str, expected: int | str) -> None:
    report = checking.check(corpus / "malformed" / f"{name}.zip")

    if isinstance(expected, int):
        assert checking.report_json(report)["activities"] == expected
    else:
        assert [one.code for one in report.findings if one.severity == "error"] == expected.split()


@pytest.mark.parametrize(("name", "standard"), OTHERS.items())
def test_other_standards_are_recognised(corpus: Path, name: str, standard: str | None) -> None:
    report = checking.check(corpus / "xapi-aicc-cmi5" / f"{name}.zip")

    assert report.standard == standard
    assert [one.code for one in report.findings] == ["standard-not-yet"]


def test_cmi5_samples_are_recognised_but_for_the_one_that_climbs_out(corpus: Path) -> None:
    found = {path.stem: checking.check(path) for path in sorted((corpus / "cmi5").rglob("*.zip"))}

    climbing = found.pop("bad-zip-slip")
    assert [one.code for one in climbing.findings] == ["name-parent"]
    assert {report.standard for report in found.values()} == {"cmi5"}


def test_adl_conformance_packages_are_recognised(corpus: Path) -> None:
    paths = sorted((corpus / "adl-cts-2004-4th").glob("*.zip"))

    reports = [checking.check(path) for path in paths]
    assert {report.standard for report in reports} == {"scorm-2004-4th"}
    assert all(report.outline and leaves(report.outline) for report in reports)
    told = {one.code for report in reports for one in report.findings}
    assert told == {"standard-not-yet", "file-missing", "no-sco"}


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ContentPackagingMetadata_SCORM20043rdEdition", 1),
        ("ContentPackagingOneFilePerSCO_SCORM20043rdEdition", 18),
        ("ContentPackagingSingleSCO_SCORM20043rdEdition", 1),
        ("RuntimeBasicCalls_SCORM20043rdEdition", 1),
        ("RuntimeMinimumCalls_SCORM20043rdEdition", 18),
        ("SequencingForcedSequential_SCORM20043rdEdition", 5),
        ("SequencingPostTestRollup4thEd_SCORM20044thEdition", 5),
        ("SequencingPostTestRollup_SCORM20043rdEdition", 5),
        ("SequencingSimpleRemediation_SCORM20043rdEdition", 8),
    ],
)
def test_golf_packages_of_scorm_2004_have_an_outline_and_a_tree(corpus: Path, name: str, count: int) -> None:
    outline = checking.check(corpus / "golf" / f"{name}.zip").outline

    assert outline is not None
    assert outline.tree is not None
    assert len(leaves(outline)) == count
    tree = Tree(outline.tree, chance=Random(1))
    assert [one.identifier for one in tree.leaves] == [item.identifier for item in leaves(outline)]
    assert from_json(json.loads(json.dumps(to_json(outline)))) == outline


@pytest.mark.parametrize(("name", "expected"), HOSTILE.items())
def test_hostile_archives_have_one_meaning_or_are_refused(
    corpus: Path, name: str, expected: str | list[str]
) -> None:
    path = corpus / "hostile-zips" / f"warehouse_{name}.zip"

    try:
        with open_archive(path) as archive:
            found: str | list[str] = [name for name in archive.entries if archive.read(name, 1000)]
    except PackageRefused as refusal:
        found = refusal.findings[0].code

    assert found == expected
    assert not checking.check(path).accepted


def test_every_package_beside_the_project_has_a_verdict_here(corpus: Path) -> None:
    folders = {"golf": GOLF, "malformed": MALFORMED, "xapi-aicc-cmi5": {**OTHERS, "emp_scorm12": 18}}
    hostile = {path.stem.removeprefix("warehouse_") for path in (corpus / "hostile-zips").glob("*.zip")}

    for folder, expected in folders.items():
        assert {path.stem for path in (corpus / folder).glob("*.zip")} == set(expected)
    assert hostile == set(HOSTILE)
