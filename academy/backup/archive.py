"""The file of a backup: a tar that says first what it is and last what must be in it.

Its members are `academy-backup.json`, `tables/<name>/<part>.jsonl.gz`, `files/<key>`, `keys/<name>`,
`SHA256SUMS` (which `sha256sum -c` reads too) and `manifest.json`. Nothing is ever unpacked by its name,
memory stays flat whatever the size, and a stranger's archive is refused before anything of it is used.
"""

import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from flask_babel import lazy_gettext as _l

from academy.backup.errors import BadArchive

HEAD, SUMS, MANIFEST = "academy-backup.json", "SHA256SUMS", "manifest.json"
FORMAT = 1
CHUNK = 1_048_576
LARGEST_TEXT = 16 * CHUNK
STEP = r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*"
NAMES = re.compile(rf"tables/[a-z_0-9]+/\d{{5}}\.jsonl\.gz|files(?:/{STEP})+|keys/{STEP}")
SECTIONS = (HEAD, "tables", "files", "keys")

Facts = dict[str, Any]


class Writer:
    """Writes the members of an archive in their order, and notes the digest of each."""

    def __init__(self, file: BinaryIO, head: Facts) -> None:
        """Begin with what the archive is."""
        self._tar = tarfile.TarFile(fileobj=file, mode="w", copybufsize=CHUNK)
        self._sums = tempfile.TemporaryFile()  # noqa: SIM115 -- closed in __exit__
        self.members = self.size = 0
        text = _encoded(head)
        self.add(HEAD, len(text), [text])

    def __enter__(self) -> Self:
        """Give back the writer itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what is open besides the file."""
        self._sums.close()

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """Add a member of a known size, read as it is written."""
        source = _Counted(chunks)
        self._tar.addfile(_about(name, size), source)
        self._tar.members.clear()  # type: ignore[attr-defined]
        if not source.at_end():
            raise OSError(f"{name} has grown while it was read")
        self._sums.write(_sum(source.digest.hexdigest(), name))
        self.members, self.size = self.members + 1, self.size + size

    def finish(self, manifest: Facts) -> str:
        """End with the digests and with what must be there; return the digest of the digests."""
        self._sums.seek(0)
        digest = hashlib.file_digest(self._sums, "sha256").hexdigest()
        self._sums.seek(0)
        self._tar.addfile(_about(SUMS, os.fstat(self._sums.fileno()).st_size), self._sums)
        counts = {"members": self.members, "bytes": self.size, "sums": digest}
        text = _encoded({**manifest, **counts})
        self._tar.addfile(_about(MANIFEST, len(text)), io.BytesIO(text))
        self._tar.close()
        return digest


@dataclass(frozen=True, slots=True)
class Member:
    """One thing in an archive: `tables`, `files` or `keys`, and its name there."""

    section: str
    name: str
    size: int
    content: IO[bytes]


@dataclass
class Archive:
    """An archive that is open for reading, from its beginning each time."""

    path: Path
    file: BinaryIO
    head: Facts = field(default_factory=dict)
    manifest: Facts = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Give back the archive itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.file.close()

    def members(self, *sections: str) -> Iterator[Member]:
        """Go through the members of some sections; raises BadArchive."""
        for about, content in self._raw():
            if about.name in {HEAD, SUMS, MANIFEST}:
                continue
            section, _, name = about.name.partition("/")
            if section in sections:
                yield Member(section, name, about.size, content)

    def check(self) -> Iterator[int]:
        """Read everything and compare it with what the archive says; yields how many bytes were read.

        Raises BadArchive at the first fault. Once it has ended, `manifest` may be believed.
        """
        try:
            yield from self._check()
        except (tarfile.TarError, EOFError) as error:
            raise BadArchive(_l("The backup is cut off or damaged: %(why)s.", why=str(error))) from error

    def _check(self) -> Iterator[int]:
        count = total = 0
        last, manifest = (-1, ""), None
        with tempfile.TemporaryFile() as sums:
            for about, content in self._raw():
                if about.name == MANIFEST:
                    manifest = _decoded(content)
                elif about.name == SUMS:
                    sums.seek(0)
                    _compare(content, sums)
                    last = (len(SECTIONS), "")
                else:
                    last = _in_order(about.name, last)
                    digest = hashlib.sha256()
                    for chunk in _chunks(content):
                        digest.update(chunk)
                        yield len(chunk)
                    sums.write(_sum(digest.hexdigest(), about.name))
                    count, total = count + 1, total + about.size
        if last[0] < len(SECTIONS) or not manifest:
            raise BadArchive(_l("The backup is cut off: its end is missing."))
        if (manifest.get("members"), manifest.get("bytes")) != (count, total):
            raise BadArchive(_l("The backup was changed or is damaged: %(name)s", name=MANIFEST))
        self.manifest = manifest

    def read_head(self) -> Facts:
        """Return what the archive says it is; raises BadArchive where it is something else."""
        try:
            about, content = next(self._raw(), (None, None))
        except tarfile.TarError:
            about = content = None
        if about is None or content is None or about.name != HEAD:
            raise BadArchive(_l("This file is not a backup of an Academy."))
        head = _decoded(content)
        if head.get("format") != FORMAT:
            raise BadArchive(_l("This backup has a form that this version does not know."))
        return head

    def _raw(self) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
        self.file.seek(0)
        with tarfile.TarFile(fileobj=self.file, mode="r") as tar:
            while (about := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]
                yield about, _content(tar, about)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an archive for reading; raises OSError, or BadArchive where it is no backup."""
    with path.open("rb") as file:
        archive = Archive(path, file)
        archive.head = archive.read_head()
        yield archive


@contextmanager
def whole_or_not(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that gets its name when it is whole and durable; only its owner may read it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class _Counted:
    """Chunks as the file that tarfile copies from; keeps the digest of what went by."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")
        self.digest = hashlib.sha256()

    def read(self, most: int = CHUNK) -> bytes:
        """Return as many bytes as are asked for, however long the chunks are; fewer only at the end."""
        pieces, wanted = [], most
        while wanted and (self._left or self._more()):
            pieces.append(self._left[:wanted])
            self._left = self._left[wanted:]
            wanted -= len(pieces[-1])
        whole = b"".join(pieces)
        self.digest.update(whole)
        return whole

    def _more(self) -> bool:
        chunk = next(filter(None, self._chunks), b"")
        self._left = memoryview(chunk)
        return bool(chunk)

    def at_end(self) -> bool:
        return not self._left and not any(self._chunks)


def _about(name: str, size: int) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.size, about.mode = size, 0o600
    return about


def _content(tar: tarfile.TarFile, about: tarfile.TarInfo) -> IO[bytes]:
    known = about.name in {HEAD, SUMS, MANIFEST} or NAMES.fullmatch(about.name)
    if not known or about.type != tarfile.REGTYPE or about.issparse() or ".." in about.name.split("/"):
        raise BadArchive(
            _l("There is something in the file that no backup has: %(name)s", name=about.name[:200])
        )
    content = tar.extractfile(about)
    assert content is not None
    return content


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: content.read(CHUNK), b"")


def _in_order(name: str, last: tuple[int, str]) -> tuple[int, str]:
    """Return the place of a member, which must come after the last one: so nothing is there twice."""
    here = (SECTIONS.index(name.partition("/")[0]), name)
    if here <= last:
        raise BadArchive(_l("The parts of the backup are not in their order."))
    return here


def _compare(told: IO[bytes], found: IO[bytes]) -> None:
    while True:
        line, other = told.readline(LARGEST_TEXT), found.readline(LARGEST_TEXT)
        if line != other:
            name = (other or line).decode("utf-8", "replace").strip().partition("  ")[2]
            raise BadArchive(_l("The backup was changed or is damaged: %(name)s", name=name[:200]))
        if not line:
            return


def _sum(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()


def _encoded(facts: Facts) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"


def _decoded(content: IO[bytes]) -> Facts:
    try:
        facts = json.loads(content.read(LARGEST_TEXT))
    except (ValueError, tarfile.TarError) as error:
        raise BadArchive(_l("The backup is damaged: what it says of itself cannot be read.")) from error
    if not isinstance(facts, dict):
        raise BadArchive
    return facts
