"""A PostgreSQL server of one's own, for tests and benches: in a temporary folder, gone with who started it.

From Python, `Postgres().start()`; from a terminal, `python tools/postgres.py`, which prints the address and
runs until its input ends. A keeper process stands between: it sees the end of its input also where its owner
was killed, stops the server and removes the folder. Root may not run PostgreSQL, so the keeper becomes the
user `postgres` or `nobody` first.
"""

import argparse
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER = "academy"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
READY, REFUSED = "ready", "refused"

#: Nothing but a power loss can lose what the server has acknowledged; tests have none.
QUICK = {"fsync": "off", "full_page_writes": "off"}

#: What docs/operator.md asks for.
DURABLE = {"shared_buffers": "1GB"}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "250",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "10s",
    "log_min_messages": "fatal",
}


class NoPostgres(Exception):
    """There is no PostgreSQL on this machine, or it does not start; the message says what to do."""


class Postgres:
    """A server that lives as long as this process or until `stop`; may be halted and started in between."""

    def __init__(self, *, durable: bool = False, follows: "Postgres | None" = None) -> None:
        """Take whether a power loss may lose nothing, and the server that this one is a replica of."""
        self._arguments = ["--durable"] if durable else []
        if follows is not None:
            self._arguments += ["--follows", str(follows.folder)]
        self._keeper: subprocess.Popen[str] | None = None
        self.folder = Path()

    def start(self) -> "Postgres":
        """Make the server and wait until it answers; raises NoPostgres."""
        self._keeper = subprocess.Popen(
            [sys.executable, __file__, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that Ctrl-C reaches its owner only, who then ends its input
        )
        self.folder = Path(self._answer())
        return self

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database for SQLAlchemy."""
        return url(self.folder, database)

    def halt(self) -> None:
        """Stop serving at once, as a crash does; the data stay."""
        self._tell("halt")

    def resume(self) -> None:
        """Serve again after `halt`."""
        self._tell("resume")

    def stop(self) -> None:
        """Stop for good and remove the data."""
        if self._keeper is None:
            return
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.wait(30)
        self._keeper.stdout.close()
        self._keeper = None

    def _tell(self, word: str) -> None:
        assert self._keeper is not None
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(word + "\n")
        self._keeper.stdin.flush()
        self._answer()

    def _answer(self) -> str:
        assert self._keeper is not None
        assert self._keeper.stdout is not None
        word, _, rest = self._keeper.stdout.readline().strip().partition(" ")
        if word != READY:
            self.stop()
            raise NoPostgres(rest or "the server could not be started")
        return rest


def url(folder: Path, database: str) -> str:
    """Return the address of a database of the server whose socket lies in a folder."""
    return f"postgresql+psycopg://{USER}@/{database}?host={folder}"


def binaries() -> Path | None:
    """Return the folder of the newest server programs on this machine."""
    found = [path for place in PLACES for path in Path("/").glob(place.lstrip("/"))]
    found = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    if found:
        return max(found, key=_version)
    known = shutil.which("postgres")
    return Path(known).resolve().parent if known else None


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int("".join(letter if letter.isdigit() else " " for letter in said.stdout).split()[0])


class _Keeper:
    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        self.programs, self.folder, self.data = programs, folder, folder / "data"
        self.settings = SETTINGS | (DURABLE if durable else QUICK)

    def make(self) -> None:
        # The order of words that institutions have by default, which is not that of bytes
        order = ["--locale-provider=icu", "--icu-locale=und"] if _version(self.programs) >= 15 else []
        options = ["--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(self.data), *options, *order)

    def copy(self, primary: str) -> None:
        source = ["-h", primary, "-U", USER, "--no-sync", "--checkpoint=fast", "--write-recovery-conf"]
        self._run("pg_basebackup", "-D", str(self.data), *source)

    def begin(self) -> None:
        given = [f"-c {name}={value}" for name, value in self.settings.items()]
        options = " ".join([f"-k {self.folder}", *(part.replace("= ", "=''") for part in given)])
        self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    def end(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop", must=False)

    def _run(self, program: str, *arguments: str, must: bool = True) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if must and done.returncode:
            log = self.folder / "log"
            told = log.read_text("utf-8", "replace") if log.exists() else ""
            raise NoPostgres(f"{program}: {' '.join((done.stderr + told).split())[-500:]}")


def _become_unprivileged() -> None:
    """Go on as another user where this one is root."""
    if os.geteuid() != 0:
        return
    known = {one.pw_name: one for one in pwd.getpwall()}
    user = known.get("postgres") or known.get("nobody")
    if user is None:
        raise NoPostgres("root may not run PostgreSQL, and there is neither a user postgres nor nobody")
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _say(word: str, text: object = "") -> None:
    print(word, text, flush=True)


def keep(*, durable: bool, follows: str | None) -> None:
    """Run a server until standard input ends; lines on it halt and resume the server."""
    programs = binaries()
    if programs is None:
        raise NoPostgres("there is no PostgreSQL on this machine: install the package `postgresql`")
    _become_unprivileged()
    os.environ.pop("PGOPTIONS", None)
    with tempfile.TemporaryDirectory(
        prefix="academy-postgres-", dir="/tmp", ignore_cleanup_errors=True
    ) as made:
        folder = Path(made)
        os.chdir(folder)
        keeper = _Keeper(programs, folder, durable=durable)
        try:
            keeper.copy(follows) if follows else keeper.make()
            keeper.begin()
            _say(READY, folder)
            for line in sys.stdin:
                {"halt": keeper.end, "resume": keeper.begin}[line.strip()]()
                _say(READY)
        finally:
            keeper.end()


def main() -> None:
    """Keep a server for whoever writes to standard input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durable", action="store_true", help="as in production: nothing lost without power")
    parser.add_argument("--follows", help="be a replica of the server whose socket is in this folder")
    given = parser.parse_args()
    try:
        keep(durable=given.durable, follows=given.follows)
    except NoPostgres as reason:
        _say(REFUSED, reason)
        sys.exit(1)


if __name__ == "__main__":
    main()
