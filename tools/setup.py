"""Prepare a machine: system libraries, the virtual environment, front-end packages, message catalogues.

With `--tests` also the services that tests start for themselves: PostgreSQL, Redis, an S3 server. Only
the standard library is used, since it runs before anything is installed. Each step leaves a stamp with a
digest of what it was made from, so that a second run does nothing.
"""

import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STAMPS = PROJECT / ".setup"
PYTHON = PROJECT / ".venv" / "bin" / "python"
DISTRIBUTION = Path("/usr/bin/python3")

#: Debian package → how to tell that it is there.
LIBRARIES = {
    "libpango-1.0-0": "pango-1.0",
    "libpangoft2-1.0-0": "pangoft2-1.0",
    "libharfbuzz-subset0": "harfbuzz-subset",
}
#: What tests start for themselves, and who serves does not need.
SERVICES = {"postgresql": "/usr/lib/postgresql/*/bin/postgres", "redis-server": "/usr/bin/redis-server"}
PROGRAMS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "poppler-utils": ("pdftotext",)}


def main() -> None:
    """Run the steps that are not done yet."""
    if sys.version_info < (3, 11):
        sys.exit("The Academy needs Python 3.11 or newer; this is " + sys.version.split()[0])
    os.chdir(PROJECT)
    STAMPS.mkdir(exist_ok=True)
    step("system", [Path("tools/setup.py")], system_packages)
    if "--tests" in sys.argv[1:]:
        services_of_tests()
        step("object-store-stamp", [Path("tools/object-store.txt")], object_store)
    step("python", [Path("pyproject.toml")], python_packages)
    subprocess.run([PYTHON, "tools/build_assets.py"], check=True)  # keeps a stamp of its own
    catalogues()


def step(name: str, made_from: list[Path], do: Callable[[], None]) -> None:
    """Do a step, unless its stamp holds the digest of the files it is made from."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == digest:
        return
    do()
    stamp.write_text(digest)


def missing_packages() -> list[str]:
    """Return the Debian packages whose library or program is not on this machine."""
    libraries = [package for package, library in LIBRARIES.items() if not ctypes.util.find_library(library)]
    programs = [package for package, names in PROGRAMS.items() if not any(map(shutil.which, names))]
    node = [] if shutil.which("npm") else ["npm"]
    return libraries + programs + node


def system_packages() -> None:
    """Install missing Debian packages where that is allowed; otherwise say which they are."""
    missing = missing_packages()
    if missing and not install(missing):
        sys.exit(f"Please install these system packages, then run this again: {' '.join(missing)}")


def services_of_tests() -> None:
    """Install the services that tests start, where that is allowed; tests of missing ones are skipped."""
    missing = [package for package, program in SERVICES.items() if not has_service(program)]
    if missing and not install(missing):
        print(f"Not installed: {', '.join(missing)}. Tests that need them will be skipped.", flush=True)


def object_store() -> None:
    """Install the S3 server that tests start, away from the Academy's own packages."""
    folder = STAMPS / "object-store"
    print("Installing an S3 server for tests", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "-r", "tools/object-store.txt"]
    if subprocess.run(pip, check=False).returncode:
        shutil.rmtree(folder)
        print("OpenStack Swift is not installed. Tests on S3 will be skipped.", flush=True)


def has_service(program: str) -> bool:
    """Say whether a service's program lies where its Debian package puts it, or on the search path."""
    return any(Path("/").glob(program.lstrip("/"))) or shutil.which(Path(program).name) is not None


def install(packages: list[str]) -> bool:
    """Install Debian packages where that is allowed; say whether they are there now."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    allowed = shutil.which("apt-get") and (
        not root or subprocess.run([*root, "true"], check=False).returncode == 0
    )
    if not allowed:
        return False
    print("Installing", " ".join(packages), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = [*root, "apt-get", "update", "-qq"]
    install = [*root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return all(
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode == 0
        for command in (update, install)
    )


def interpreter() -> str | Path:
    """Return the Python for the environment: the distribution's, where it is the same one built better.

    One compiled by hand or by pyenv usually lacks the optimisation by profiles that distributions build
    with, and everything costs about a quarter more on it.
    """
    here, ours = sys.version_info[:2], sysconfig.get_config_var("CONFIG_ARGS") or ""
    if sys.base_prefix == "/usr" or "--enable-optimizations" in ours or not DISTRIBUTION.exists():
        return sys.executable
    asked = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    told = subprocess.run([DISTRIBUTION, "-c", asked], check=False, capture_output=True, text=True)
    return DISTRIBUTION if told.stdout.split() == [str(part) for part in here] else sys.executable


def python_packages() -> None:
    """Make the virtual environment and install the Academy into it, editable, with its tools."""
    if not PYTHON.exists():
        subprocess.run([interpreter(), "-m", "venv", ".venv"], check=True)
    print("Installing Python packages", flush=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "-e", ".[dev]"], check=True)


def catalogues() -> None:
    """Compile the catalogues where one is newer than its compiled form."""
    for source in PROJECT.glob("translations/*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            subprocess.run([PYTHON.parent / "academy", "i18n", "compile"], check=True)
            return


if __name__ == "__main__":
    main()
