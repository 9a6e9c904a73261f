"""A backup and a restore of the demonstration with 2,000 learners: seconds, size, memory."""

from pathlib import Path

from bench_server import Academy, report

LEARNERS = 2000
MEMORY = "an idle command holds 118 MB"


def main(folder: Path) -> None:
    """Fill an instance, write a backup of it, check it, and restore it beside."""
    folder.mkdir(exist_ok=True)
    source, target = Academy(folder), Academy(folder, {"ACADEMY_INSTANCE_PATH": str(folder / "restored")})
    source.run("db", "upgrade")
    source.run("demo", "load", "--learners", str(LEARNERS))
    file = folder / "backup.tar"
    for name, academy in (("create", source), ("check", source), ("restore", target)):
        seconds, memory = academy.peak_memory("backup", name, str(file))
        report(f"backup {name}, {LEARNERS:,} learners", f"{seconds:.1f} s, {memory / 1e6:.0f} MB", MEMORY)
    database = (folder / "instance" / "academy.sqlite").stat().st_size
    size = f"{file.stat().st_size / 1e6:.1f} MB"
    report(f"size of that backup, {LEARNERS:,} learners", size, f"database {database / 1e6:.0f} MB")
    report("differences after the restore", target.run("progress", "rebuild", "--verify").strip(), "none")
