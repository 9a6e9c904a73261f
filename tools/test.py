"""`make test`: all tests on SQLite, and at the same time those that touch the database on PostgreSQL.

Arguments go to pytest. What PostgreSQL's run says is shown when both are done.
"""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOG = PROJECT / ".setup" / "tests-on-postgresql.log"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
#: Tests start the Academy some hundred times, which takes half as long where it need not be compiled again.
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(PROJECT / ".setup" / "compiled")}
NO_TESTS = 5  # pytest's word for an empty choice


def main() -> None:
    """Run both and fail where one does."""
    given = sys.argv[1:]
    os.environ |= COMPILED
    with LOG.open("wb") as log:
        command = [*PYTEST, "--database", "postgresql", *given]
        other = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT)
    try:
        first = subprocess.run([*PYTEST, "-n", "2", *given], cwd=PROJECT, check=False).returncode
        second = other.wait()
    finally:
        if other.poll() is None:
            other.terminate()
    print("\n== On PostgreSQL ==", flush=True)
    sys.stdout.buffer.write(LOG.read_bytes())
    sys.stdout.flush()
    ends = {first, second} - {0}
    sys.exit(max(ends - {NO_TESTS}, default=NO_TESTS if ends and first == second else 0))


if __name__ == "__main__":
    main()
