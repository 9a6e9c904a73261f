"""A store of statements moved out of one instance and into another: pace and memory, on both databases.

LRS_STATEMENTS says how many; a tenth of them is moved first, so that it shows whether memory grows.
LRS_DATABASES names one database alone.
"""

import hashlib
import json
import os
from multiprocessing import Process
from pathlib import Path

import lrs_statements
from bench_lrs import DATABASES, Store
from bench_server import report
from postgres import NoPostgres, Postgres

STATEMENTS = int(os.environ.get("LRS_STATEMENTS", "100000"))
FLAT = "flat"


def main(folder: Path) -> None:
    """Measure on SQLite, and on PostgreSQL; what comes out of the last store is what went in."""
    folder.mkdir(parents=True)
    given = folder / "given.jsonl"
    writer = Process(target=_write, args=(given, STATEMENTS))  # whose memory children would be told to have
    writer.start()
    writer.join()
    if "sqlite" in DATABASES:
        _measure("SQLite", given, [Store(folder / f"sqlite-{place}", {}) for place in range(3)])
    if "postgresql" not in DATABASES:
        return
    try:
        servers = [Postgres(durable=True).start() for _ in range(3)]
    except NoPostgres as reason:
        print(f"not measured on PostgreSQL: {reason}")
        return
    try:
        named = enumerate(server.url() for server in servers)
        stores = [
            Store(folder / f"postgresql-{place}", {"ACADEMY_DATABASE_URL": url}) for place, url in named
        ]
        _measure("PostgreSQL", given, stores)
    finally:
        for server in servers:
            server.stop()


def _measure(name: str, given: Path, stores: list[Store]) -> None:
    small, first, second = stores
    tenth = given.with_name("tenth.jsonl")
    with given.open("rb") as source, tenth.open("wb") as target:
        target.writelines(line for _, line in zip(range(STATEMENTS // 10), source, strict=False))
    out, again = given.with_name("out.jsonl"), given.with_name("again.jsonl")
    for what, store, count, arguments in (
        ("import", small, STATEMENTS // 10, ("import", str(tenth))),
        ("import", first, STATEMENTS, ("import", str(given))),
        ("export", small, STATEMENTS // 10, ("export", "-o", str(tenth))),
        ("export", first, STATEMENTS, ("export", "-o", str(out))),
        ("import with `stored`", second, STATEMENTS, ("import", str(out))),
        ("export of that", second, STATEMENTS, ("export", "-o", str(again))),
    ):
        seconds, memory = store.peak_memory("xapi", *arguments)
        figure = f"{count / seconds:,.0f} /s, {memory / 1e6:.0f} MB"
        report(f"{name}: {what} of {count:,} statements", figure, FLAT)
    same = _digest(out) == _digest(again)
    report(f"{name}: the two exports are the same, byte by byte", "yes" if same else "NO", "yes")
    for file in (out, again):
        file.unlink()


def _write(file: Path, count: int) -> None:
    world = lrs_statements.World()
    with file.open("w") as lines:
        for _ in range(count):
            lines.write(json.dumps(world.statement(), separators=(",", ":")) + "\n")


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
