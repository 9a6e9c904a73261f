"""Check a package as an upload would: the same for the page, the command line and the import."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from academy.courses.packages import languages, scorm12, scorm2004
from academy.courses.packages.archive import Archive, open_archive
from academy.courses.packages.authoring import by_files
from academy.courses.packages.contents import Contents, Scan
from academy.courses.packages.detection import STANDARD_NAMES, SUPPORTED, Located, locate, standard_of
from academy.courses.packages.findings import Finding, PackageRefused, finding, limited, refused
from academy.courses.packages.limits import DEFAULT, Limits
from academy.courses.packages.lookup import Names
from academy.courses.packages.manifest_xml import Reading, line_of, local, parse
from academy.courses.packages.outline import Outline, leaves, walk

Sink = Callable[[str, Iterator[bytes]], None]
READABLE = SUPPORTED | scorm2004.STANDARDS
WITHOUT_CODE = frozenset({"aicc", "common-cartridge"})


@dataclass(frozen=True)
class Report:
    """The verdict on a package; `files` maps each path as it is kept to its name in the archive."""

    file_name: str
    standard: str | None = None
    outline: Outline | None = None
    findings: tuple[Finding, ...] = ()
    size: int = 0
    content_size: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    contents: Contents = Contents()
    largest: tuple[str, int] | None = None

    @property
    def accepted(self) -> bool:
        """Say whether an import would take the package."""
        return self.outline is not None and all(one.severity != "error" for one in self.findings)

    @property
    def file_count(self) -> int:
        """Return the number of files that would be kept."""
        return len(self.files)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages guessed from the content, else what the manifest or its titles tell."""
        if self.contents.languages or self.outline is None:
            return self.contents.languages
        declared = (self.outline.language or "").partition("-")[0].lower()
        titles = " ".join([self.outline.title, *(item.title for item in walk(self.outline.items))])
        found = declared if declared.isalpha() else languages.of_text(titles)
        return (found,) if found else ()


def check(
    path: Path, *, filename: str | None = None, limits: Limits = DEFAULT, contents: bool = True
) -> Report:
    """Read a package whole and report; only an unreadable file raises (OSError).

    Without `contents` only the directory and the manifest are read.
    """
    name = filename or path.name
    try:
        with open_archive(path, limits) as archive:
            report = examine(archive, filename=name, limits=limits)
            if not contents or not report.accepted:
                return report
            return read_contents(archive, report, limits=limits)
    except PackageRefused as refusal:
        return Report(name, findings=limited(refusal.findings), size=path.stat().st_size)


def examine(archive: Archive, *, filename: str, limits: Limits = DEFAULT) -> Report:
    """Read the manifest of an open package and report; no other file is read yet."""
    located = locate(archive.entries)
    report = Report(filename, findings=archive.notes, size=archive.length, content_size=archive.size)
    if located is None:
        return _with(report, [finding("no-manifest")])
    report = _with(report, located.findings)
    if located.format != "ims":
        return _not_yet(report, located.format)
    if located.name is None:
        return report
    try:
        return _with_outline(archive, report, located, limits)
    except PackageRefused as refusal:
        return _with(report, refusal.findings)


def read_contents(
    archive: Archive, report: Report, *, limits: Limits = DEFAULT, sink: Sink | None = None
) -> Report:
    """Read every file of an accepted package through `sink` and add what the contents say.

    Raises PackageRefused at the first file that is not what the archive states.
    """
    scan = Scan(limits)
    for path, name in report.files.items():
        pieces = scan.watched(path, archive.stream(name))
        if sink:
            sink(path, pieces)
        deque(pieces, maxlen=0)
    return _with(replace(report, contents=scan.contents()), scan.findings())


def report_json(report: Report) -> dict[str, object]:
    """Return the report in the form that tools rely on; messages are in the present locale."""
    found = leaves(report.outline) if report.outline and report.accepted else ()
    return {
        "accepted": report.accepted,
        "standard": report.standard,
        "activities": len(found),
        "findings": [one.to_json() for one in report.findings],
        "file": report.file_name,
        "title": report.outline.title if report.outline else None,
        "outline": [
            {"identifier": item.identifier, "title": item.title, "kind": item.kind, "launch": item.launch}
            for item in found
        ],
        "files": report.file_count,
        "size": report.size,
        "content_size": report.content_size,
        **contents_json(report),
    }


def contents_json(report: Report) -> dict[str, object]:
    """Return what the files hold, in the form that is kept with an upload and exchanged."""
    contents = report.contents
    return {
        "tool": contents.tool,
        "languages": list(report.languages),
        "scripts": {"files": contents.script_files, "inline": contents.inline_scripts},
        "largest": {"file": report.largest[0], "size": report.largest[1]} if report.largest else None,
        "hosts": [
            {"host": host.name, "loaded": host.loaded, "file_count": host.file_count, "files": host.files}
            for host in contents.hosts
        ],
    }


def _with_outline(archive: Archive, report: Report, located: Located, limits: Limits) -> Report:
    assert located.name is not None
    if archive.entries[located.name].size > limits.manifest_bytes:
        raise refused("manifest-too-large", file=located.name, limit=limits.manifest_bytes // 1_000_000)
    reading = parse(archive.read(located.name, limits.manifest_bytes), file=located.name)
    if local(reading.root).lower() != "manifest":
        raise refused(
            "manifest-root", file=located.name, line=line_of(reading.root), name=local(reading.root)
        )
    standard, clear = standard_of(reading)
    if standard not in READABLE:
        return _not_yet(_with(report, reading.findings), standard)
    if not clear:
        reading.say("standard-unclear", reading.root)
    files = {
        name.removeprefix(located.root): name for name in archive.entries if name.startswith(located.root)
    }
    outline = replace(_outline_of(reading, Names(files), standard), root=located.root)
    outline = outline if outline.title else replace(outline, title=Path(report.file_name).stem)
    kept = sum(archive.entries[name].size for name in files.values())
    found = replace(
        report,
        standard=standard,
        outline=outline,
        files=files,
        content_size=kept,
        contents=Contents(tool=by_files(files)),
        largest=max(
            ((path, archive.entries[name].size) for path, name in files.items()), key=lambda one: one[1]
        ),
    )
    found = _with(found, reading.findings)
    return found if standard in SUPPORTED else _not_yet(found, standard)


def _outline_of(reading: Reading, names: Names, standard: str) -> Outline:
    if standard in scorm2004.STANDARDS:
        return scorm2004.read(reading, names, standard=standard)
    return scorm12.read(reading, names)


def _not_yet(report: Report, standard: str) -> Report:
    known = None if standard in WITHOUT_CODE else standard
    remark = finding("standard-not-yet", standard=STANDARD_NAMES[standard])
    return _with(replace(report, standard=known), [remark])


def _with(report: Report, more: Iterator[Finding] | list[Finding] | tuple[Finding, ...]) -> Report:
    return replace(report, findings=limited([*report.findings, *more]))
