"""`make run`: upgrade the database, load demo data the first time, print the demo accounts, serve."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ACADEMY = Path(sys.executable).parent / "academy"


def main() -> None:
    """Prepare the instance and become the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    port = parser.parse_args().port
    os.environ.setdefault("ACADEMY_BASE_URL", f"http://localhost:{port}")
    subprocess.run([ACADEMY, "db", "upgrade"], check=True)
    subprocess.run([ACADEMY, "demo", "load", "--once"], check=True)
    os.execv(ACADEMY, [str(ACADEMY), "serve", "--port", str(port)])


if __name__ == "__main__":
    main()
