"""The public conformance suite for learning record stores, run against servers of this tree.

`make conformance` runs each edition on each database; `--edition` and `--database` choose one, and
`--endpoint` with `--key` and `--secret` runs it against any other store. The suite is fetched once, at the
commit named here, from LRS_SUITE: the address of a Git repository or the path of a copy, by default that of
its makers.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench_server import Academy
from postgres import NoPostgres, Postgres

PROJECT = Path(__file__).resolve().parent.parent
PLACE = PROJECT / ".setup" / "lrs-suite"
HOME = "https://github.com/adlnet/lrs-conformance-test-suite"
COMMIT = "2ec25f2eb8ccfcb7cb63ec2679dbd965f9f6ffdc"

#: A hook of the suite that fails leaves out tests without a word, so their number is asked for too.
TESTS = {"1.0.3": 1365, "2.0.0": 1442}
DATABASES = ("sqlite", "postgresql")
SHOWN_FAILURES = 40


@dataclass(frozen=True)
class Store:
    """Where a store answers, and the credentials for all of it."""

    endpoint: str
    key: str
    secret: str


def main() -> None:
    """Run what is asked for; exit 1 unless every test was run and passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edition", choices=TESTS, action="append")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--endpoint")
    parser.add_argument("--key", default="")
    parser.add_argument("--secret", default="")
    given = parser.parse_args()
    editions, databases = given.edition or list(TESTS), given.database or list(DATABASES)
    fetch()
    if given.endpoint:
        other = Store(given.endpoint, given.key, given.secret)
        good = [passes(other, edition, f"xAPI {edition} at {given.endpoint}") for edition in editions]
    else:
        good = [run(edition, database) for database in databases for edition in editions]
    sys.exit(0 if all(good) else 1)


def fetch() -> None:
    """Bring the suite and what it needs onto this machine, unless it is here."""
    done = PLACE / "fetched"
    if done.exists() and done.read_text() == COMMIT:
        return
    source = os.environ.get("LRS_SUITE", HOME)
    print(f"Fetching the suite from {source}", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    commands = (
        ["git", "clone", "--quiet", "--no-checkout", source, str(PLACE)],
        ["git", "-C", str(PLACE), "checkout", "--quiet", COMMIT],
        ["npm", "install", "--prefix", str(PLACE), "--no-audit", "--no-fund", "--silent"],
    )
    for command in commands:
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"{' '.join(command)} failed; LRS_SUITE may name another Git repository with the suite")
    done.write_text(COMMIT)


def run(edition: str, database: str) -> bool:
    """Run one edition against a fresh server on a database, and say whether all passed."""
    name = f"xAPI {edition} on {database}"
    try:
        with (
            tempfile.TemporaryDirectory(prefix="academy-suite-") as folder,
            served(edition, database, folder) as store,
        ):
            return passes(store, edition, name)
    except NoPostgres as reason:
        print(f"{name}: not run, {reason}", flush=True)
        return False


@contextlib.contextmanager
def served(edition: str, database: str, folder: str) -> Iterator[Store]:
    """Serve an empty store; a request that names no version is told the edition, as each suite wants it."""
    server = Postgres().start() if database == "postgresql" else None
    settings = {"ACADEMY_XAPI_DEFAULT_VERSION": edition}
    if server is not None:
        settings["ACADEMY_DATABASE_URL"] = server.url()
    academy = Academy(Path(folder), settings)
    try:
        academy.run("db", "upgrade")
        made = json.loads(
            academy.run("xapi", "credentials", "create", "--name", "suite", "--scope", "all", "--json")
        )
        try:
            academy.start(workers=1 if server is None else 2)
            yield Store(f"http://{academy.host}/xapi", made["key"], made["secret"])
        finally:
            academy.stop()
    finally:
        if server is not None:
            server.stop()


def passes(store: Store, edition: str, name: str) -> bool:
    """Run an edition of the suite against a store; print the counts and what failed."""
    begun = time.monotonic()
    command = ["node", "bin/console_runner.js", "-x", edition, "-e", store.endpoint]
    command += ["-a", "-u", store.key, "-p", store.secret, "-z"]
    done = subprocess.run(command, cwd=PLACE, capture_output=True, text=True, check=False)
    counts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"total"')]
    last = counts[-1] if counts else {}
    total, passed, failed = (last.get(key) or 0 for key in ("total", "passed", "failed"))
    skipped = max(TESTS[edition], total) - passed - failed
    seconds = time.monotonic() - begun
    print(
        f"{name}: {passed} of {TESTS[edition]} passed, {failed} failed, {skipped} skipped ({seconds:.0f} s)",
        flush=True,
    )
    good = bool(passed == total == TESTS[edition])
    if not good:
        print("\n".join(failures(done.stdout)[:SHOWN_FAILURES]) or done.stdout[-2000:] + done.stderr[-2000:])
    return good


def failures(output: str) -> list[str]:
    """Return the names of failed tests from the record that a run of the suite has written."""
    written = next((line for line in output.splitlines() if line.startswith("Full run log written to ")), "")
    if not written:
        return []
    record = json.loads(Path(written.removeprefix("Full run log written to ")).read_text())
    return list(_failed(record.get("log") or {}))


def _failed(log: dict[str, object]) -> Iterator[str]:
    below = [one for one in log.get("tests") or [] if isinstance(one, dict)]  # type: ignore[attr-defined]
    for one in below:
        yield from _failed(one)
    if not below and log.get("status") == "failed":
        yield f"  {log.get('requirement') or ''} {log.get('title')}: {log.get('error')}"


if __name__ == "__main__":
    main()
