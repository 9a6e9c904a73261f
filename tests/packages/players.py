"""Small SCORM 1.2 packages that play by calling the API as a test says, and hostile ones."""

from collections.abc import Mapping
from pathlib import Path

from tests.packages.scorm12 import Sco, package

API = """
function find(w) { while (!w.API && w.parent !== w) w = w.parent; return w.API; }
const api = find(window);
const set = (name, value) => api.LMSSetValue(name, value);
const get = (name) => api.LMSGetValue(name);
"""
PLAIN = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Plain</title>
<script>{API}
api.LMSInitialize("");
addEventListener("unload", () => api.LMSFinish(""));
</script></head><body><p id="name"></p>
<script>document.getElementById("name").textContent = get("cmi.core.student_name");</script></body></html>"""

HOSTILE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Hostile</title>
<script>{API}
api.LMSInitialize("");
const found = {{}};
const tried = (name, attempt) => Promise.resolve().then(attempt)
  .then((value) => String(value), (error) => "refused: " + error.name)
  .then((outcome) => {{ found[name] = outcome; }});
const done = Promise.all([
  tried("cookie", () => document.cookie),
  tried("top-document", () => top.document.title),
  tried("worker", () => navigator.serviceWorker.register("worker.js")),
  tried("app", () => fetch(APP + "/learn", {{ credentials: "include" }}).then((answer) => answer.status)),
  tried("app-post", () => fetch(APP + "/play/1/token", {{ method: "POST", credentials: "include" }})),
  tried("outside", () => fetch("http://127.0.0.1:9/")),
  tried("inner", () => fetch("/_content/x/v/1/index.html").then((answer) => answer.status)),
  tried("learn-here", () => fetch("/learn").then((answer) => answer.status)),
]);
function escape(address) {{ top.location.href = address; }}
</script></head><body>Hostile</body></html>"""


def plain(folder: Path, *, scos: int = 1, mastery: str | None = None) -> Path:
    """Write a package of SCOs that only initialize, and finish when they are unloaded."""
    extra = f"<adlcp:masteryscore>{mastery}</adlcp:masteryscore>" if mastery else ""
    parts = [
        Sco(identifier=f"part-{number}", title=f"Part {number}", href=f"part{number}.html", extra=extra)
        for number in range(1, scos + 1)
    ]
    return _written(folder, parts, {part.href: PLAIN for part in parts})


def in_a_window(folder: Path) -> Path:
    """Write a package that opens itself in a window of its own and looks for the API through its opener."""
    opener = (
        """<!DOCTYPE html><title>Opener</title><button onclick="window.open('inner.html')">Start</button>"""
    )
    inner = """<!DOCTYPE html><title>Inner</title><script>
    let w = window.opener; while (w && !w.API && w.parent !== w) w = w.parent;
    document.title = w.API.LMSInitialize("") + w.API.LMSSetValue("cmi.core.lesson_status", "completed");
    w.API.LMSFinish("");</script>"""
    return _written(folder, [Sco(href="index.html")], {"index.html": opener, "inner.html": inner})


def hostile(folder: Path, *, app: str) -> Path:
    """Write a package that tries to get out of its frame."""
    page = HOSTILE.replace("APP", f'"{app}"')
    return _written(folder, [Sco(href="index.html")], {"index.html": page, "worker.js": "// a worker"})


def locked(folder: Path) -> Path:
    """Write a package whose second part opens once the first is finished."""
    condition = '<adlcp:prerequisites type="aicc_script">part-1</adlcp:prerequisites>'
    parts = [
        Sco(identifier="part-1", title="Part 1", href="part1.html"),
        Sco(identifier="part-2", title="Part 2", href="part2.html", extra=condition),
    ]
    return _written(folder, parts, {part.href: PLAIN for part in parts})


def _written(folder: Path, parts: list[Sco], files: Mapping[str, bytes | str]) -> Path:
    file = folder / "package.zip"
    file.write_bytes(package(parts, more=files))
    return file
