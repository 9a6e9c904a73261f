import pytest

from academy.courses.packages.authoring import Signatures, by_files


@pytest.mark.parametrize(
    ("paths", "tool"),
    [
        (["index.html", "story_content/user.js"], "Articulate Storyline"),
        (["x/scormcontent/lib/main.js"], "Articulate Rise"),
        (["scormcontent/lib/main.js", "scormcontent/assets/x/story_content/user.js"], "Articulate Rise"),
        (["presentation.html", "presentation_content/slides.xml"], "Articulate Studio"),
        (["assets/js/CPM.js"], "Adobe Captivate"),
        (["res/data/player.js"], "iSpring"),
        (["adapt/js/adapt.min.js", "course/en/course.json"], "Adapt"),
        (["exe_jquery.js"], "eXeLearning"),
        (["html/libs/exe_effects.js"], "eXeLearning"),
        (["trivantis-azure.js"], "Lectora"),
        (["h5p.json", "content/content.json"], "H5P"),
        (["index.html", "history_content/a", "myexe_jquery.js"], None),
        ([], None),
    ],
)
def test_tool_is_known_by_the_files_nearest_to_the_top(paths: list[str], tool: str | None) -> None:
    assert by_files(paths) == tool


@pytest.mark.parametrize(
    ("path", "content", "tool"),
    [
        ("story.html", b"<!-- Created using Storyline 360 -->", "Articulate Storyline"),
        ("imsmanifest.xml", b'<manifest><organization identifier="articulate_rise">', "Articulate Rise"),
        ("imsmanifest.xml", b"<!--This is a Reload version 2.5.5-->", "Reload Editor"),
        ("imsmanifest.xml", b"<title>How to use Lectora</title>", None),
        ("a.html", b'<meta name="generator" content="eXeLearning 2.8 - exelearning.net" />', "eXeLearning"),
        ("a.html", b"<meta content='Microsoft FrontPage 4.0' name=GENERATOR>", "Microsoft FrontPage 4.0"),
        ("a.html", b"<p>Adobe Captivate and iSpring are tools.</p>", None),
        ("project.txt", b'{"metadata":{},"generator":"Captivate"}', "Adobe Captivate"),
        ("a.html", b'<meta name="generator" content=""><!-- never ends', None),
        ("a.html", b'<meta name="generator"', None),
    ],
)
def test_tool_is_known_by_what_it_says_of_itself(path: str, content: bytes, tool: str | None) -> None:
    signatures = Signatures()

    signatures.look(path, content)

    assert signatures.tool == tool


def test_tool_that_is_known_goes_before_the_name_of_any_generator() -> None:
    signatures = Signatures()

    signatures.look("a.html", b'<meta name="generator" content="Editor 1">')
    signatures.look("b.html", b"<!-- made with iSpring Suite -->")

    assert signatures.tool == "iSpring"
