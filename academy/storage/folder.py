"""A store in a folder: written beside, made durable, then given its name."""

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from academy.storage.errors import StorageFull, StorageGone, Stored

CHUNK = 262_144
DRAFTS = ".drafts"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Folder:
    """Files under a root that must exist: where it is gone, a volume is not mounted, and nothing is made."""

    def __init__(self, root: Path) -> None:
        """Take the root; nothing is touched yet."""
        self.root, self.place = root, f"file:{root}"

    def make(self) -> None:
        """Make the root, when the Academy starts."""
        self.root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        """Write a draft, make it durable, and put it in the place of the former file."""
        with _answering():
            self._folder(self.root / DRAFTS)
            descriptor, name = tempfile.mkstemp(dir=self.root / DRAFTS)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                size = 0
                for chunk in chunks:
                    with _answering():
                        size += file.write(chunk)
                with _answering():
                    _make_durable(file)
            with _answering():
                self._give_name(draft, self.root / key)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return size

    def read(self, key: str) -> bytes:
        """Return a whole file."""
        with _answering(self.root):
            return (self.root / key).read_bytes()

    def pieces(self, key: str, start: int, end: int | None) -> Iterator[bytes]:
        """Open at once, read as asked."""
        with _answering(self.root):
            file = (self.root / key).open("rb")
        return _Pieces(file, start, end)

    def missing(self, keys: Sequence[str]) -> set[str]:
        """Return the keys that are no files; a root that is gone has no files to speak of."""
        found = {key for key in keys if not (self.root / key).is_file()}
        if found:
            self._must_exist()
        return found

    def size(self, key: str) -> int:
        """Return the size of a file."""
        with _answering(self.root):
            return (self.root / key).stat().st_size

    def listed(self, folder: str | None) -> Iterator[Stored]:
        """Walk through a folder, or through all but the drafts."""
        self._must_exist()
        top = self.root / folder if folder else self.root
        for key in sorted(path.relative_to(self.root).as_posix() for path in top.rglob("*")):
            path = self.root / key
            if path.is_file() and not key.startswith(DRAFTS):
                about = path.stat()
                yield Stored(key, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def delete(self, keys: Sequence[str]) -> None:
        """Remove files."""
        with _answering():
            for key in keys:
                (self.root / key).unlink(missing_ok=True)

    def put_piece(self, key: str, start: int, content: bytes) -> None:
        """Write a piece into its place in the file."""
        target = self.root / key
        with _answering():
            self._folder(target.parent)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.seek(start)
                file.write(content)
                _make_durable(file)
            if start == 0:
                _keep_names(target.parent)

    @contextmanager
    def on_disk(self, key: str, size: int) -> Iterator[Path]:
        """Lend the file itself."""
        if self.size(key) != size:
            raise FileNotFoundError(key)
        yield self.root / key

    def delete_with_pieces(self, key: str) -> None:
        """Remove a file: its pieces are in it."""
        self.delete([key])

    def tidy(self, before: float) -> None:
        """Remove drafts of processes that are gone."""
        for draft in (self.root / DRAFTS).glob("*"):
            if draft.stat().st_mtime < before:
                draft.unlink(missing_ok=True)

    def _give_name(self, draft: Path, target: Path) -> None:
        self._folder(target.parent)
        draft.replace(target)
        _keep_names(target.parent)

    def _folder(self, path: Path) -> None:
        """Make a folder below the root, each new name durable."""
        if path.is_dir():
            return
        if path == self.root:
            self._must_exist()
        self._folder(path.parent)
        path.mkdir(exist_ok=True)
        _keep_names(path.parent)

    def _must_exist(self) -> None:
        if not self.root.is_dir():
            raise StorageGone(f"the folder {self.root} is not there")


class _Pieces:
    """What is left to read of an open file; closes it at the end, or when told to."""

    def __init__(self, file: BinaryIO, start: int, end: int | None) -> None:
        file.seek(start)
        self._file, self._left = file, None if end is None else end - start

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = b""
        if not self._file.closed:
            with _answering():
                piece = self._file.read(CHUNK if self._left is None else min(CHUNK, self._left))
        if not piece:
            self.close()
            raise StopIteration
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()


@contextmanager
def _answering(root: Path | None = None) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        if root is not None and not root.is_dir():
            raise StorageGone(f"the folder {root} is not there") from None
        raise
    except OSError as error:
        raise gone(error) from error


def gone(error: OSError) -> StorageGone:
    """Return what it means for the store that this machine refused something."""
    return (StorageFull if error.errno in NO_ROOM else StorageGone)(str(error))


def _make_durable(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _keep_names(folder: Path) -> None:
    """Make the names in a folder outlive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
