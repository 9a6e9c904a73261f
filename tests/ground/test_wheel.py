"""The wheel: built of the source archive, installed where neither Node nor the repository is, and used."""

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.ground.conftest import free_port

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
ASKED_FOR = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
LEFT_OUT = (".git", ".venv", ".setup", ".*_cache", "node_modules", "instance", "tests", "__pycache__")
LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@dataclass
class Installed:
    """The Academy in an empty environment, whose current folder is elsewhere."""

    academy: Path
    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.academy.parent), "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.academy, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def get(self, path: str, language: str = "en") -> tuple[str, bytes]:
        request = Request(f"http://localhost:{self.port}{path}", headers={"Accept-Language": language})
        with urlopen(request, timeout=30) as answer:
            return answer.headers["Content-Type"], answer.read()


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Build and install the wheel; libraries come from this environment, the Academy must not.

    It is built as from an index: of the source archive, where there is no Node.
    """
    if not (PROJECT / "academy/static/vendor/stamp.txt").exists():
        pytest.skip("the front-end files are missing: run `make setup`")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    source = tmp_path / "source"
    shutil.copytree(PROJECT, source, ignore=shutil.ignore_patterns(*LEFT_OUT))
    archive = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(archive, cwd=source, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(source)
    [found] = tmp_path.glob("*.tar.gz")
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(found)]
    subprocess.run([*pip, *build], check=True)
    [wheel] = tmp_path.glob("*.whl")
    place = tmp_path / "environment"
    venv.create(place, with_pip=False, symlinks=True)
    install = ["--python", str(place / "bin/python"), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *install], check=True)
    [packages] = place.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return Installed(place / "bin/academy", folder, free_port())


@pytest.mark.conformance
def test_an_installed_wheel_serves_the_whole_academy(installed: Installed) -> None:
    assert asked_for_by(installed) == set(ASKED_FOR)
    where = "from academy.catalogues import TEMPLATE as t; print(t, t.exists())"
    python = [installed.academy.with_name("python"), "-c", where]
    told = subprocess.run(
        python, cwd=installed.folder, env=installed.environment, capture_output=True, text=True
    )
    assert "/environment/" in told.stdout, told
    assert told.stdout.endswith("messages.pot True\n")
    installed.run("db", "upgrade")
    installed.run("demo", "load", "--learners", "3")
    assert (installed.folder / "instance" / "academy.sqlite").exists()
    process = subprocess.Popen(
        [installed.academy, "serve", "--port", str(installed.port)],
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(installed)
        pages = {language: installed.get("/", language)[1].decode() for language in ("en", "ru")}
        assets = {path for page in pages.values() for path in LINKED.findall(page)}
        sizes = {path: len(installed.get(path.replace("&amp;", "&"))[1]) for path in sorted(assets)}
        style = next(path for path in assets if path.endswith(".css"))
        fonts = re.findall(r'url\("(vendor/fonts/[^"]+)"\)', installed.get(style)[1].decode())
        font_sizes = [len(installed.get(f"/static/{path}")[1]) for path in fonts]
        player = [len(installed.get(f"/static/{path}")[1]) for path in player_files()]
        document = certificate(installed)
    finally:
        process.terminate()
        code = process.wait(PATIENCE)

    assert ("Training Academy" in pages["en"], "Учебная академия" in pages["ru"]) == (True, True)
    assert any("icons.svg" in path for path in assets)
    assert all(size > 100 for size in (*sizes.values(), *font_sizes, *player))
    assert (len(fonts) >= 4, len(player) >= 1, document[:5], code) == (True, True, b"%PDF-", 0)


def test_whatever_the_academy_imports_its_wheel_asks_for() -> None:
    parts_of_flask = [one for one in metadata.requires("flask") or () if "extra ==" not in one]
    asked = {distribution(one) for one in (*ASKED_FOR, *parts_of_flask)}
    known = {
        name: {distribution(one) for one in found}
        for name, found in metadata.packages_distributions().items()
    }
    sources = sorted((PROJECT / "academy").rglob("*.py"))
    imported = {(name, path.name) for path in sources for name in imports(path)}

    assert len({name for name, _ in imported}) > 20
    assert [one for one in sorted(imported) if not known.get(one[0], set()) & asked] == []


def imports(path: Path) -> Iterator[str]:
    """Yield the packages of others that a source file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        tops = {name.partition(".")[0] for name in names}
        yield from tops - sys.stdlib_module_names - {"academy"}


def distribution(requirement: str) -> str:
    """Return the name of what is asked for, as indexes write it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def asked_for_by(installed: Installed) -> set[str]:
    """Return what the installed wheel says it needs, without what developers need."""
    [folder] = installed.academy.parents[1].glob("lib/python*/site-packages/prague_academy-*.dist-info")
    asked = metadata.Distribution.at(folder).requires or ()
    return {one for one in asked if "extra ==" not in one}


def player_files() -> list[str]:
    static = PROJECT / "academy/static"
    return [str(path.relative_to(static)) for path in sorted((static / "vendor").rglob("*scorm*.js"))]


def wait_for(installed: Installed) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            installed.get("/healthz")
            return
        except (URLError, OSError):
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.2)


def certificate(installed: Installed) -> bytes:
    """Return the PDF of one certificate, which the embedded worker has drawn."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for path in (installed.folder / "instance/storage/certificates").rglob("*.pdf"):
            return path.read_bytes()
        time.sleep(0.2)
    raise AssertionError("no certificate was issued")
