"""Which tool made a package: by the files that it leaves, by what it says of itself, by what pages name."""

import re
from collections.abc import Iterable, Iterator

TOOLS = (
    ("Articulate Rise", ("scormcontent/lib/rise/", "scormcontent/lib/")),
    ("Articulate Storyline", ("story_content/", "html5/lib/scripts/bootstrapper.min.js")),
    ("Articulate Studio", ("presentation_content/", "quiz_content/", "engage_content/")),
    ("Adobe Captivate", ("assets/js/cpm.js", "assets/css/cplibraryall.css", "captivate.css")),
    ("iSpring", ("data/browsersupport.js", "res/data/player.js", "data/html5-unsupported.html")),
    ("Adapt", ("adapt/js/", "adapt/css/")),
    ("eXeLearning", ("exe_jquery.js", "common_i18n.js", "libs/exe_", "contentv3.xml")),
    ("Lectora", ("trivantis.js", "trivantis-", "trivantis.css")),
    ("Camtasia", ("scripts/techsmith-smart-player.min.js", "techsmith-smart-player.min.js")),
    ("H5P", ("h5p.json",)),
    ("Xerte", ("common_html5/js/xenith.js", "xenith.js")),
)
WORDS = (
    ("Articulate Rise", ("articulate_rise", "articulate rise")),
    ("Articulate Storyline", ("created using storyline", "articulate storyline")),
    (
        "Articulate Studio",
        ("articulate presenter", "articulate quizmaker", "articulate engage", "articulate studio"),
    ),
    ("Adobe Captivate", ("adobe captivate", '"generator":"captivate"')),
    ("iSpring", ("ispring",)),
    ("Adapt", ("adapt framework", "adapt authoring")),
    ("eXeLearning", ("exelearning",)),
    ("Lectora", ("lectora", "trivantis")),
    ("Camtasia", ("camtasia",)),
    ("Xerte", ("xerte",)),
    ("CourseLab", ("courselab",)),
    ("ActivePresenter", ("activepresenter",)),
    ("Adobe Presenter", ("adobe presenter",)),
    ("Elucidat", ("elucidat",)),
    ("Easygenerator", ("easygenerator",)),
    ("dominKnow", ("dominknow",)),
    ("Hot Potatoes", ("hot potatoes",)),
    ("Reload Editor", ("reload version", "reload content package generator")),
)
SELF_DESCRIPTIONS = frozenset({"project.txt", "meta.xml"})
MANIFEST = "imsmanifest.xml"
IDENTIFIER = re.compile(rb"identifier\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,100})", re.IGNORECASE)
GENERATOR = re.compile(rb"name\s{0,4}=\s{0,4}[\"']?generator\b", re.IGNORECASE)
CONTENT = re.compile(rb"content\s{0,4}=\s{0,4}(?:\"([^\"]{2,100})\"|'([^']{2,100})')", re.IGNORECASE)
LOOKED_AT = 20_000
MOST_PAGES = 200
MOST_COMMENTS = 30


def by_files(paths: Iterable[str]) -> str | None:
    """Return the tool that leaves such files; the mark nearest to the top counts, content may be nested."""
    found: list[tuple[int, int, str]] = []
    for path in paths:
        lowered = f"/{path.lower()}"
        for order, (tool, marks) in enumerate(TOOLS):
            places = [lowered.find(f"/{mark}") for mark in marks]
            found += [(lowered.count("/", 0, place + 1), order, tool) for place in places if place >= 0]
    return min(found)[2] if found else None


class Signatures:
    """What pages and manifests say about the tool that wrote them."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._pages = 0
        self._known: str | None = None
        self._named: str | None = None

    def look(self, path: str, content: bytes) -> None:
        """Read the comments and the generator of a page, or the beginning of a file about the package."""
        if self._known or self._pages >= MOST_PAGES:
            return
        self._pages += 1
        beginning = content[:LOOKED_AT]
        generator = _generator(beginning)
        self._named = self._named or generator
        texts = [generator or "", *_about(path.rpartition("/")[2].lower(), beginning)]
        self._known = next((tool for text in texts if (tool := _by_words(text))), None)

    @property
    def tool(self) -> str | None:
        """Return the tool that is known, else the one that a page names as its generator."""
        return self._known or self._named


def _by_words(text: str) -> str | None:
    lowered = text.lower()
    return next((tool for tool, words in WORDS if any(word in lowered for word in words)), None)


def _about(name: str, content: bytes) -> Iterator[str]:
    """Yield the texts in which a tool speaks of itself; titles and pages may speak of any tool."""
    if name in SELF_DESCRIPTIONS:
        yield _text(content)
    elif name == MANIFEST:
        yield from map(_text, IDENTIFIER.findall(content))
    yield from _comments(content)


def _comments(content: bytes) -> Iterator[str]:
    for part in content.split(b"<!--", MOST_COMMENTS)[1:]:
        yield _text(part.partition(b"-->")[0][:500])


def _generator(content: bytes) -> str | None:
    named = GENERATOR.search(content)
    if named is None:
        return None
    start, end = content.rfind(b"<", 0, named.start()), content.find(b">", named.end())
    found = CONTENT.search(content[max(start, 0) : end]) if end >= 0 else None
    return _text(found.group(1) or found.group(2)).strip() or None if found else None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
