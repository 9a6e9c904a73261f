"""CPU per request, user and system, of a server with one worker: 2,000 people, 12 courses of 9 parts.

Wall times on a machine that does other things say little; the CPU that the server's own processes used says
what a request costs. Each figure is the lowest of some rounds, for a neighbour that empties the caches costs
CPU too; the median stands beside it.
"""

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from bench_server import ADMINISTRATOR, LEARNER, Academy, Browser, Sco, report

PEOPLE, ROUNDS = 2000, 25
A_MINUTE = 60.0
TOLD_EVERY = (
    10  # one commit in ten answers a question; the others keep a bookmark, 2 kB of state and the time
)


def main(folder: Path) -> None:
    """Fill an instance, serve it and print the figures with target and references."""
    folder.mkdir(exist_ok=True)
    academy = Academy(folder)
    if not (folder / "instance" / "demo-loaded").exists():
        academy.fill("bench_data.py", str(PEOPLE))
    academy.start()
    try:
        measure(academy)
    finally:
        academy.stop()


def measure(academy: Academy) -> None:
    """Print a line for each figure."""
    guest, learner = Browser(academy), Browser(academy).sign_in(LEARNER)
    staff = Browser(academy).sign_in(ADMINISTRATOR)
    code = re.findall(r"/courses/(BENCH-\d+)", learner.read("/courses"))[0]
    for visitor, address in ((guest, "/sign-in"), (learner, "/learn"), (learner, f"/courses/{code}")):
        visitor.read(address)
    report(
        "memory of a fresh server, pages seen once",
        f"{academy.memory():.0f} MB",
        "under 150; Moodle 195, Kolibri 97",
    )
    pages = (
        ("sign-in page", guest, "/sign-in", 60, "at most 4; Moodle 9.5, Kolibri 17"),
        ("my learning", learner, "/learn", 40, "at most 8; Moodle 53, Kolibri 32"),
        ("catalogue", learner, "/courses", 40, "at most 6; Moodle 37, Kolibri 2 (JSON)"),
        ("course page", learner, f"/courses/{code}", 40, "at most 6; Moodle 51, Kolibri 1.5 (JSON)"),
        ("home of a course", learner, f"/learn/{code}", 40, ""),
        (
            "report page, 2,000 people, 12 courses",
            staff,
            "/reports/completion",
            20,
            "at most 15; Moodle 93, Kolibri 244",
        ),
    )
    for name, visitor, address, count, reference in pages:
        cpu(
            academy,
            name,
            lambda visitor=visitor, address=address: visitor.fetch("GET", address),
            count,
            reference,
        )
    csv = "/reports/completion.csv"
    rows = staff.fetch("GET", csv).count(b"\r\n") - 1
    cpu(
        academy,
        f"CSV, {rows:,} participations",
        lambda: staff.fetch("GET", csv),
        1,
        "at most 150; Moodle 1,255",
    )
    commits(academy)
    report("memory after all that", f"{academy.memory():.0f} MB", "Moodle 539, Kolibri 310")


def commits(academy: Academy) -> None:
    """Measure commits of one learner in eight courses, in turn: a launch may save 300 times a minute."""
    learner = Browser(academy).sign_in(LEARNER)
    mine = learner.read("/learn") + learner.read("/learn?show=completed")
    scos = [Sco.by_ticket(academy, code) for code in sorted(set(re.findall(r"/learn/(BENCH-\d+)", mine)))]
    bookmarks, answers, mixed = Saving(scos), Saving(scos), Saving(scos)
    cpu(
        academy,
        "SCORM commit, 9 bookmarks to 1 answer",
        mixed.usual,
        10 * len(scos),
        "at most 1.5; Moodle 12, Kolibri 8",
    )
    time.sleep(A_MINUTE)  # what a launch may save
    cpu(academy, "  a commit that tells nothing new", bookmarks.bookmark, 8 * len(scos), "")
    time.sleep(A_MINUTE)
    cpu(academy, "  a commit that makes a statement", answers.answer, 4 * len(scos), "at most 3")


class Saving:
    """Commits of several launches in turn."""

    def __init__(self, scos: list[Sco]) -> None:
        self.scos, self.next, self.count = scos, cycle(scos), 0

    def bookmark(self) -> None:
        """Keep where the learner is, 2 kB of state, and the time so far."""
        self.count += 1
        spent = f"{self.count // 3600:04d}:{self.count // 60 % 60:02d}:{self.count % 60:02d}"
        next(self.next).commit(
            {
                "cmi.core.lesson_location": str(self.count),
                "cmi.suspend_data": f"{self.count}" + "x" * 2000,
                "cmi.core.session_time": spent,
            }
        )

    def answer(self) -> None:
        """Tell the answer to a question."""
        self.count += 1
        sco = next(self.next)
        row = f"cmi.interactions.{sco.seq % 20}."
        sco.commit(
            {
                f"{row}id": f"question-{sco.seq % 20}",
                f"{row}type": "choice",
                f"{row}student_response": "abcd"[self.count % 4],
                f"{row}correct_responses.0.pattern": "b",
                f"{row}result": "correct" if self.count % 4 == 1 else "wrong",
                f"{row}latency": f"0000:00:{self.count % 60:02d}",
                "cmi.core.lesson_location": str(self.count),
            }
        )

    def usual(self) -> None:
        """Commit as content does: mostly a bookmark, now and then an answer."""
        if self.count % TOLD_EVERY == TOLD_EVERY - 1:
            self.answer()
        else:
            self.bookmark()


def cpu(academy: Academy, name: str, act: Callable[[], object], count: int, reference: str) -> float:
    """Report the CPU milliseconds of an act, the lowest and the median of some rounds."""
    for _ in range(3):
        act()
    taken = []
    for _ in range(ROUNDS):
        begun = academy.cpu()
        for _ in range(count):
            act()
        taken.append((academy.cpu() - begun) / count * 1000)
    report(f"CPU: {name}", f"{min(taken):.2f} ms ({statistics.median(taken):.2f})", reference)
    return min(taken)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="academy-bench-") as scratch:
            main(Path(scratch))
