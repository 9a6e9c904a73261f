"""A store in a bucket that speaks S3.

A file that arrives in pieces is one object for each piece, `<key>/<first>-<end>`, so that any node may take
the next one. Reading goes by short ranges: a slow reader holds no connection to the store, and a range that
breaks off is asked for again.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from academy.config import is_loopback
from academy.storage.errors import StorageGone, Stored
from academy.storage.folder import gone

if TYPE_CHECKING:
    from obstore.store import RetryConfig

WINDOW = 1_048_576
PART = 8 * WINDOW
PARTS_AT_ONCE = 3
ASKED_AT_ONCE = 16

CONNECTING, ANSWERING = timedelta(seconds=4), timedelta(seconds=60)
RETRY: "RetryConfig" = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=10),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=2), "base": 2},
}


class Bucket:
    """Objects under a prefix of a bucket."""

    def __init__(self, url: str, settings: Mapping[str, Any]) -> None:
        """Take `s3://bucket/prefix` and the settings of the endpoint; the bucket is not asked yet."""
        parts = urlsplit(url)
        self.place = url
        self._scratch = Path(str(settings["INSTANCE_PATH"]))
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            client_options={
                "connect_timeout": CONNECTING,
                "timeout": ANSWERING,
                "allow_http": may_be_plain(settings),
            },
            retry_config=RETRY,
            virtual_hosted_style_request=not settings["STORAGE_PATH_STYLE"],
            **_given(settings, bucket=parts.netloc),  # type: ignore[arg-type]
        )

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        """Send a small file in one request, a large one in parts that become a file together at the end."""
        source = _Source(chunks)
        head = source.up_to(PART)
        with _answering(source):
            if source.ended:
                obstore.put(self._store, key, head, use_multipart=False)
            else:
                parts = chain([head], source)
                obstore.put(self._store, key, parts, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
        return source.size

    def read(self, key: str) -> bytes:
        """Return a whole file."""
        with _answering():
            return bytes(obstore.get(self._store, key).bytes())

    def pieces(self, key: str, start: int, end: int | None) -> Iterator[bytes]:
        """Ask for the first range at once, for the others as they are read."""
        stop = self.size(key) if end is None else end
        first = self._range(key, start, min(start + WINDOW, stop))
        return self._windows(key, first, start, stop)

    def missing(self, keys: Sequence[str]) -> set[str]:
        """Ask for many files at once; the answer of each takes a while."""
        if len(keys) < 2:
            return {key for key in keys if self._lacks(key)}
        with ThreadPoolExecutor(ASKED_AT_ONCE, thread_name_prefix="asking") as pool:
            answers = pool.map(self._lacks, keys)
            return {key for key, lacks in zip(keys, answers, strict=True) if lacks}

    def size(self, key: str) -> int:
        """Return the size of a file."""
        with _answering():
            return obstore.head(self._store, key)["size"]

    def listed(self, folder: str | None) -> Iterator[Stored]:
        """Go through the pages of a listing."""
        with _answering(must_be_there=True):
            for page in obstore.list(self._store, prefix=folder):
                for about in page:
                    yield Stored(about["path"], about["size"], about["last_modified"])

    def delete(self, keys: Sequence[str]) -> None:
        """Remove many files with one request."""
        with _answering(must_be_there=True):
            obstore.delete(self._store, list(keys))

    def put_piece(self, key: str, start: int, content: bytes) -> None:
        """Keep a piece as an object of its own, named for its place."""
        self.put(f"{key}/{start:012d}-{start + len(content):012d}", [content])

    @contextmanager
    def on_disk(self, key: str, size: int) -> Iterator[Path]:
        """Lend a copy without a name, which is gone with this process whatever ends it."""
        with tempfile.TemporaryFile(dir=self._scratch, prefix=".lent-") as file:
            with _writing():
                if self._copied(key, file) != size:
                    raise FileNotFoundError(key)
                file.flush()
            yield Path(f"/dev/fd/{file.fileno()}")

    def delete_with_pieces(self, key: str) -> None:
        """Remove a file and its pieces."""
        self.delete([key, *(piece.key for piece in self.listed(key))])

    def tidy(self, before: float) -> None:
        """Do nothing: what was never completed is the matter of the bucket's lifecycle rule."""

    def _copied(self, key: str, file: BinaryIO) -> int:
        """Write a file, or all pieces of it, into a local one; return how far it is without a gap."""
        placed = [(int(piece.key.rpartition("/")[2][:12]), piece) for piece in self.listed(key)]
        if not placed:
            file.writelines(self.pieces(key, 0, None))
            return file.tell()
        end = 0
        for start, piece in sorted(placed, key=lambda one: one[0]):
            if start > end:
                break
            file.seek(start)
            file.writelines(self.pieces(piece.key, 0, piece.size))
            end = max(end, start + piece.size)
        return end

    def _windows(self, key: str, first: bytes, start: int, stop: int) -> Iterator[bytes]:
        yield first
        for begin in range(start + WINDOW, stop, WINDOW):
            yield self._range(key, begin, min(begin + WINDOW, stop))

    def _range(self, key: str, start: int, end: int) -> bytes:
        with _answering():
            if start >= end:
                obstore.head(self._store, key)
                return b""
            return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def _lacks(self, key: str) -> bool:
        with _answering():
            try:
                obstore.head(self._store, key)
            except FileNotFoundError:
                return True
        return False


class _Source:
    """Chunks of a file on their way into the store: counted, and their own failure told from the store's."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.size = 0
        self.ended = False
        self.failure: BaseException | None = None

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self.ended = True
            raise
        except BaseException as failure:
            self.failure = failure
            raise
        self.size += len(chunk)
        return chunk

    def up_to(self, most: int) -> bytes:
        """Return the first chunks together, until they are `most` bytes or all."""
        held: list[bytes] = []
        while self.size < most and (chunk := next(self, None)) is not None:
            held.append(chunk)
        return b"".join(held)


def may_be_plain(settings: Mapping[str, Any]) -> bool:
    """Say whether the endpoint may be asked without TLS: on this machine, or where the settings allow it."""
    host = urlsplit(str(settings["STORAGE_ENDPOINT"])).hostname or ""
    return bool(settings["STORAGE_ALLOW_HTTP"]) or is_loopback(host)


def _given(settings: Mapping[str, Any], *, bucket: str) -> dict[str, str]:
    """Return what the settings say; the rest comes from AWS_* variables or the machine's own role."""
    endpoint = urlsplit(str(settings["STORAGE_ENDPOINT"]))
    host = endpoint.netloc if settings["STORAGE_PATH_STYLE"] else f"{bucket}.{endpoint.netloc}"
    given = {
        "endpoint": f"{endpoint.scheme}://{host}" if endpoint.netloc else "",
        "region": settings["STORAGE_REGION"],
        "access_key_id": settings["STORAGE_ACCESS_KEY"],
        "secret_access_key": settings["STORAGE_SECRET_KEY"],
    }
    return {name: str(value) for name, value in given.items() if value}


@contextmanager
def _answering(source: _Source | None = None, *, must_be_there: bool = False) -> Iterator[None]:
    """Turn the store's errors into StorageGone; a missing file stays one, but a missing bucket does not."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        if source and source.failure:
            raise source.failure from None
        is_file = isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error)
        if is_file and not source and not must_be_there:
            raise FileNotFoundError(str(error).partition("\n")[0]) from None
        raise StorageGone(_told(error)) from error


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise gone(error) from error


def _told(error: Exception) -> str:
    """Return what the service said, short: its code and sentence, or else the first line."""
    said = re.search(r"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", str(error), re.DOTALL)
    first = str(error).partition("\n")[0].partition(" - Server returned")[0]
    return f"{first}: {said[1]}: {said[2]}" if said else first
