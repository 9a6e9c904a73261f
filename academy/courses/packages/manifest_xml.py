"""XML of strangers: no DTD, no entities, no network; common faults are repaired and told."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from academy.courses.packages.findings import Finding, PackageRefused, finding

Element = etree._Element
UNDECLARED_PREFIX = "NS_ERR_UNDEFINED_NAMESPACE"
DECLARATION = re.compile(
    rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"'][^>]{0,200}?\?>"
)
MOST_TAGS = 300_000
LONGEST_TEXT = 4_000
REPAIRS = ("utf-8", "windows-1251", "windows-1252")


@dataclass
class Reading:
    """One XML file while it is read: its root, and the findings that gather."""

    root: Element
    file: str
    findings: list[Finding] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def say(self, code: str, element: Element | None = None, **facts: object) -> None:
        """Add a finding at an element."""
        line = line_of(element) if element is not None else None
        tag = local(element) if element is not None else None
        self.findings.append(finding(code, file=self.file, line=line, element=tag, **facts))

    def children(self, parent: Element, name: str) -> Iterator[Element]:
        """Yield the children of a name, whatever their namespace or letter case; wrong case is told once."""
        for child in parent.iterchildren(tag=etree.Element):
            tag = local(child)
            if tag.lower() == name.lower():
                self._check_case(child, tag, name)
                yield child

    def child(self, parent: Element, name: str) -> Element | None:
        """Return the first child of a name, or None."""
        return next(self.children(parent, name), None)

    def text(self, parent: Element, name: str) -> str | None:
        """Return the text of the first child of a name, white space trimmed; None where empty.

        Titles and numbers are short: a very long text is cut.
        """
        return re.sub(r"\s+", " ", self.raw_text(parent, name) or "")[:LONGEST_TEXT] or None

    def raw_text(self, parent: Element, name: str) -> str | None:
        """Return the text of the first child of a name as it stands but for outer white space, or None."""
        found = self.child(parent, name)
        return ("".join(map(str, found.itertext())).strip() if found is not None else "") or None

    def attribute(self, element: Element, name: str) -> str | None:
        """Return an attribute by its local name in any namespace and letter case."""
        for key, value in element.attrib.items():
            tag = _local_name(str(key))
            if tag.lower() == name.lower():
                if tag not in {name, _camel(name)}:
                    self._check_case(element, tag, name)
                return str(value)
        return None

    def _check_case(self, element: Element, tag: str, name: str) -> None:
        if tag not in {name, _camel(name)} and tag not in self.told:
            self.told.add(tag)
            self.findings.append(
                finding("element-case", file=self.file, line=line_of(element), element=tag, expected=name)
            )


def local(element: Element) -> str:
    """Return the name of an element without its namespace or undeclared prefix."""
    return _local_name(str(element.tag))


def line_of(element: Element) -> int | None:
    """Return the line where an element begins."""
    return cast("int | None", element.sourceline)


def parse(content: bytes, *, file: str) -> Reading:
    """Parse an XML file; raises PackageRefused with the line where it is not well-formed.

    A file of very many tags is refused unread: each element takes many times its bytes in memory.
    """
    if content.count(b"<") > MOST_TAGS:
        raise PackageRefused([finding("manifest-too-many-elements", file=file, limit=MOST_TAGS // 2)])
    findings: list[Finding] = []
    stripped = content.lstrip(b" \t\r\n")
    if len(stripped) != len(content) and stripped.startswith(b"<?xml"):
        findings.append(finding("xml-blank-start", file=file))
        content = stripped
    root = _parse_strictly(content, file, findings)
    if cast(Any, root.getroottree().docinfo).doctype:
        raise PackageRefused([finding("xml-doctype", file=file, line=1)])
    return Reading(root, file, findings)


def hrefs_of(content: bytes) -> list[str]:
    """Return every href of an XML file, nothing if it cannot be read."""
    try:
        reading = parse(content, file="")
    except PackageRefused:
        return []
    return [href for element in reading.root.iter(etree.Element) if (href := element.get("href"))]


def _parse_strictly(content: bytes, file: str, findings: list[Finding]) -> Element:
    first: etree.XMLSyntaxError
    try:
        return etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        first = error
    for attempt in (_with_loose_prefixes, _with_other_encoding):
        root = attempt(content, file, findings)
        if root is not None:
            return root
    line = first.lineno or 1
    if b"<!DOCTYPE" in content[:10_000] or b"<!ENTITY" in content[:10_000]:
        raise PackageRefused([finding("xml-doctype", file=file, line=line)])
    detail = re.sub(r" \(<string>, line \d+\)$", "", str(first.msg))
    raise PackageRefused([finding("xml-broken", file=file, line=line, detail=detail)])


def _parser(**options: Any) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        **options,
    )


def _with_loose_prefixes(content: bytes, file: str, findings: list[Finding]) -> Element | None:
    """Accept a file whose only fault is prefixes that nobody declared."""
    parser = _parser(recover=True)
    root = _try(lambda: etree.fromstring(content, parser))
    if root is None or {entry.type_name for entry in parser.error_log} != {UNDECLARED_PREFIX}:
        return None
    findings.append(finding("xml-prefix", file=file, line=parser.error_log[0].line))
    return root


def _with_other_encoding(content: bytes, file: str, findings: list[Finding]) -> Element | None:
    """Accept a file that is in order once it is read in an encoding other than the one it declares."""
    declared = DECLARATION.match(content)
    for encoding in REPAIRS:
        if declared and declared.group(1).decode("ascii").lower() == encoding:
            continue
        root = _try(lambda encoding=encoding: etree.fromstring(content, _parser(encoding=encoding)))  # type: ignore[misc]
        if root is not None:
            findings.append(finding("xml-encoding", file=file, line=1, encoding=encoding))
            return root
    return None


def _try(parse_it: Callable[[], Element]) -> Element | None:
    try:
        return parse_it()
    except (etree.XMLSyntaxError, LookupError):
        return None


def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _camel(name: str) -> str:
    """Return the spelling that SCORM 2004 gave to an adlcp name of SCORM 1.2."""
    return {
        "scormtype": "scormType",
        "timelimitaction": "timeLimitAction",
        "datafromlms": "dataFromLMS",
    }.get(name, name)
