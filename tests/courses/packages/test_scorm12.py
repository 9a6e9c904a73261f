from decimal import Decimal

import pytest

from academy.courses.packages.findings import PackageRefused
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import parse
from academy.courses.packages.outline import Item, Outline, leaves, walk
from academy.courses.packages.scorm12 import read
from tests.packages import scorm12
from tests.packages.scorm12 import SPACES, Sco

FILES = ("index.html", "b.html", "content/page.html", "shared/quiz.html", "Media/Film.html")


def outline_of(manifest: str, names: tuple[str, ...] = FILES) -> tuple[Outline, list[str]]:
    reading = parse(manifest.encode(), file="imsmanifest.xml")
    outline = read(reading, Names(names))
    return outline, [one.code for one in reading.findings]


def only_item(manifest: str) -> tuple[Item, list[str]]:
    outline, codes = outline_of(manifest)
    assert len(outline.items) == 1
    return outline.items[0], codes


def whole(organizations: str, resources: str, *, more: str = "") -> str:
    return (
        f'<manifest identifier="m" {SPACES}>{more}<organizations default="o">{organizations}</organizations>'
        f"<resources>{resources}</resources></manifest>"
    )


PAGE = '<resource identifier="r" adlcp:scormtype="sco" href="index.html"/>'
OTHER = '<resource identifier="r2" adlcp:scormtype="asset" href="b.html"/>'
ITEM = '<item identifier="i" identifierref="r"><title>T</title></item>'


def test_manifest_becomes_an_outline() -> None:
    parts = [
        Sco("i1", "One", "index.html"),
        Sco("h", "Heading", "", children=[Sco("i2", "Two", "b.html", kind="asset", parameters="?q=1")]),
    ]

    outline, codes = outline_of(scorm12.manifest(parts, title="Курс"))

    assert codes == []
    assert outline == Outline(
        standard="scorm-1.2",
        identifier="m",
        version="1.0",
        title="Курс",
        organization="o",
        items=(
            Item("i1", "One", href="index.html", kind="sco"),
            Item("h", "Heading", children=(Item("i2", "Two", href="b.html", query="?q=1", kind="asset"),)),
        ),
    )


def test_facts_of_an_item_are_read() -> None:
    extra = (
        '<adlcp:prerequisites type="aicc_script">item-1="passed"</adlcp:prerequisites>'
        "<adlcp:maxtimeallowed>0001:30:00.5</adlcp:maxtimeallowed>"
        "<adlcp:timelimitaction>Exit, No message</adlcp:timelimitaction>"
        "<adlcp:datafromlms> level=2\n&amp;x </adlcp:datafromlms>"
        "<adlcp:masteryscore>72.5</adlcp:masteryscore>"
    )

    item, codes = only_item(scorm12.manifest([Sco(extra=extra)]))

    assert codes == []
    assert item == Item(
        "item-1",
        "First part",
        href="index.html",
        kind="sco",
        mastery_score=Decimal("72.5"),
        max_time_allowed="0001:30:00.5",
        time_limit_action="exit,no message",
        launch_data="level=2\n&x",
        prerequisites='item-1="passed"',
    )


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("<adlcp:masteryscore>101</adlcp:masteryscore>", "mastery-score-invalid"),
        ("<adlcp:masteryscore>-1</adlcp:masteryscore>", "mastery-score-invalid"),
        ("<adlcp:masteryscore>NaN</adlcp:masteryscore>", "mastery-score-invalid"),
        ("<adlcp:masteryscore>much</adlcp:masteryscore>", "mastery-score-invalid"),
        ("<adlcp:maxtimeallowed>PT1H</adlcp:maxtimeallowed>", "time-invalid"),
        ("<adlcp:timelimitaction>stop</adlcp:timelimitaction>", "time-limit-action-invalid"),
    ],
)
def test_fact_that_makes_no_sense_is_ignored_and_told(extra: str, code: str) -> None:
    item, codes = only_item(scorm12.manifest([Sco(extra=extra)]))

    assert codes == [code]
    assert item == Item("item-1", "First part", href="index.html", kind="sco")


@pytest.mark.parametrize("score", ["0", "100", "80,5"])
def test_mastery_score_at_the_bounds_counts(score: str) -> None:
    item, codes = only_item(
        scorm12.manifest([Sco(extra=f"<adlcp:masteryscore>{score}</adlcp:masteryscore>")])
    )

    assert (item.mastery_score, codes) == (Decimal(score.replace(",", ".")), [])


def test_prerequisites_are_kept_and_their_faults_told() -> None:
    def part(identifier: str, text: str) -> Sco:
        return Sco(identifier, extra=f"<adlcp:prerequisites>{text}</adlcp:prerequisites>")

    outline, codes = outline_of(
        scorm12.manifest([part("a", "b&amp;c"), part("b", "a&amp;"), part("c", "zz|a")])
    )

    assert [item.prerequisites for item in outline.items] == ["b&c", "a&", "zz|a"]
    assert codes == ["prerequisites-invalid", "prerequisites-unknown"]


def test_hidden_item_is_not_visible() -> None:
    hidden = ITEM.replace(">", ' isvisible="false">', 1)

    item, _ = only_item(whole(f'<organization identifier="o">{hidden}</organization>', PAGE))

    assert not item.visible


def test_bases_are_joined() -> None:
    manifest = (
        f'<manifest identifier="m" {SPACES} xml:base="content/"><organizations default="o">'
        f'<organization identifier="o">{ITEM}</organization></organizations>'
        '<resources xml:base="../"><resource identifier="r" xml:base="shared/" adlcp:scormtype="sco" '
        'href="quiz.html?x=1"/></resources></manifest>'
    )

    item, codes = only_item(manifest)

    assert (item.href, item.query, codes) == ("shared/quiz.html", "?x=1", [])


def test_default_organization_is_taken_and_the_others_told() -> None:
    organizations = (
        '<organization identifier="first"><title>First</title></organization>'
        f'<organization identifier="o"><title>Second</title>{ITEM}</organization>'
    )

    outline, codes = outline_of(whole(organizations, PAGE))

    assert (outline.organization, outline.title, codes) == ("o", "Second", ["several-organizations"])


def test_missing_default_organization_gives_the_first() -> None:
    outline, codes = outline_of(whole(f'<organization identifier="x">{ITEM}</organization>', PAGE))

    assert (outline.organization, codes) == ("x", ["default-organization-missing"])


def test_organization_without_content_gives_way_to_another() -> None:
    organizations = (
        '<organization identifier="o"><title>Empty</title></organization>'
        f'<organization identifier="x"><title>Full</title>{ITEM}</organization>'
    )

    outline, codes = outline_of(whole(organizations, PAGE))

    assert (outline.organization, codes) == ("x", ["several-organizations", "organization-without-content"])


def test_manifest_without_organization_gives_one_activity_preferring_a_sco() -> None:
    manifest = (
        f"<manifest identifier='m' {SPACES}><organizations/><resources>{OTHER}{PAGE}</resources></manifest>"
    )

    outline, codes = outline_of(manifest)

    assert outline.items == (Item("r", "", href="index.html", kind="sco"),)
    assert codes == ["no-organization"]


def test_inner_manifest_is_joined_in_with_its_own_resources() -> None:
    inner = (
        f'<manifest identifier="inner" {SPACES} xml:base="content/"><organizations>'
        '<organization identifier="io"><item identifier="p" identifierref="r"><title>Page</title></item>'
        "</organization></organizations>"
        '<resources><resource identifier="r" adlcp:scormtype="asset" href="page.html"/></resources>'
        "</manifest>"
    )
    items = f'{ITEM}<item identifier="j" identifierref="inner"><title>Joined</title></item>'
    manifest = whole(f'<organization identifier="o">{items}</organization>', PAGE).replace(
        "</manifest>", inner + "</manifest>"
    )

    outline, codes = outline_of(manifest)

    assert codes == ["sub-manifest"]
    assert outline.items == (
        Item("i", "T", href="index.html", kind="sco"),
        Item("j", "Joined", children=(Item("p", "Page", href="content/page.html", kind="asset"),)),
    )


def test_inner_manifest_that_refers_to_itself_ends() -> None:
    inner = (
        '<manifest identifier="inner"><organizations><organization identifier="io">'
        '<item identifier="p" identifierref="inner"/></organization></organizations></manifest>'
    )
    items = f'{ITEM}<item identifier="j" identifierref="inner"/>'
    manifest = whole(f'<organization identifier="o">{items}</organization>', PAGE).replace(
        "</manifest>", inner + "</manifest>"
    )

    outline, codes = outline_of(manifest)

    assert codes == ["sub-manifest", "sub-manifest-circular"]
    assert [item.identifier for item in leaves(outline)] == ["i"]


def test_identifiers_are_made_unique() -> None:
    items = ITEM * 2 + '<item identifierref="r"/>'

    outline, codes = outline_of(whole(f'<organization identifier="o">{items}</organization>', PAGE))

    assert [item.identifier for item in outline.items] == ["i", "i-2", "item-3"]
    assert codes == ["identifier-twice", "identifier-missing"]


def test_identifier_too_long_for_the_database_is_cut() -> None:
    items = ITEM.replace('"i"', f'"{"i" * 600}"')

    outline, codes = outline_of(whole(f'<organization identifier="o">{items}</organization>', PAGE))

    assert ([item.identifier for item in outline.items], codes) == (["i" * 500], ["identifier-too-long"])


def test_items_without_end_are_refused() -> None:
    doubled = "".join(
        f'<manifest identifier="m{number}"><organizations><organization identifier="o{number}">'
        + f'<item identifierref="m{number + 1}"/>' * 2
        + "</organization></organizations></manifest>"
        for number in range(1, 40)
    )
    joined = '<organization identifier="o"><item identifierref="m1"/></organization>'
    several = '<organization identifier="o"/>' * 200
    same = f'<organization identifier="o">{ITEM * 10_001}</organization>'

    for manifest in (whole(joined, PAGE, more=doubled), whole(several, PAGE), whole(same, PAGE)):
        with pytest.raises(PackageRefused) as refusal:
            outline_of(manifest)
        assert refusal.value.findings[0].code == "manifest-too-many-items"


def test_cluster_with_content_opens_and_has_children() -> None:
    items = f'<item identifier="c" identifierref="r2"><title>Cluster</title>{ITEM}</item>'

    outline, _ = outline_of(whole(f'<organization identifier="o">{items}</organization>', PAGE + OTHER))

    assert [item.identifier for item in leaves(outline)] == ["c", "i"]


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("", "resource-missing"),
        ('<resource identifier="x" adlcp:scormtype="sco"/>', "resource-without-href"),
        ('<resource identifier="x" adlcp:scormtype="sco" href="missing.html"/>', "launch-file-missing"),
        ('<resource identifier="x" adlcp:scormtype="sco" href="https://example.com/x"/>', "external-launch"),
        ('<resource identifier="x" adlcp:scormtype="sco" href="../../x.html"/>', "href-outside"),
    ],
)
def test_item_that_cannot_open_stays_as_a_heading(resource: str, code: str) -> None:
    item = '<item identifier="bad" identifierref="x"><title>Bad</title></item>'

    outline, codes = outline_of(
        whole(f'<organization identifier="o">{item}{ITEM}</organization>', resource + PAGE)
    )
    alone, codes_alone = outline_of(whole(f'<organization identifier="o">{item}</organization>', resource))

    assert [one.identifier for one in walk(outline.items)] == ["bad", "i"]
    assert [one.identifier for one in leaves(outline)] == ["i"]
    assert codes == [code]
    assert leaves(alone) == ()
    assert codes_alone == [code, "no-launchable-item"]


def test_files_and_dependencies_that_are_missing_are_told_once() -> None:
    resource = (
        '<resource identifier="r" adlcp:scormtype="sco" href="index.html"><file href="index.html"/>'
        '<file href="lost.js"/><file href="b.html"/>'
        '<dependency identifierref="r2"/><dependency identifierref="zz"/>'
        '</resource><resource identifier="r3"><file href="lost.js"/></resource>'
    )

    _, codes = outline_of(whole(f'<organization identifier="o">{ITEM}</organization>', resource + OTHER))

    assert codes == ["file-missing", "dependency-missing"]


def test_wrong_case_of_a_file_name_is_found_and_told() -> None:
    item, codes = only_item(scorm12.manifest([Sco(href="media/film.HTML")]))

    assert (item.href, codes) == ("Media/Film.html", ["href-case"])


def test_package_of_assets_says_that_nothing_reports() -> None:
    assert outline_of(scorm12.manifest([Sco(kind="asset")]))[1] == ["no-sco"]


def test_metadata_gives_description_and_language() -> None:
    lom = (
        "<metadata><imsmd:lom xmlns:imsmd='urn:md'><imsmd:general>"
        "<imsmd:title><imsmd:langstring>LOM</imsmd:langstring></imsmd:title>"
        "<imsmd:language>ru</imsmd:language><imsmd:description><imsmd:langstring>About\n it"
        "</imsmd:langstring></imsmd:description></imsmd:general></imsmd:lom></metadata>"
    )

    outline, _ = outline_of(whole(f'<organization identifier="o">{ITEM}</organization>', PAGE, more=lom))

    assert (outline.title, outline.description, outline.language) == ("LOM", "About it", "ru")


def test_thousand_items_are_read() -> None:
    outline, codes = outline_of(
        scorm12.manifest([Sco(f"i{number}", href="index.html") for number in range(1000)])
    )

    assert (len(leaves(outline)), codes) == (1000, [])
