"""What the learning record store does over HTTP: writes beside the store call alone, reads by every filter.

Both parts measure it on SQLite and on PostgreSQL, and in the same run any other store that LRS_ENDPOINT,
LRS_KEY and LRS_SECRET name (LRS_NAME is its name in the report). LRS_STATEMENTS says how many statements are
read, LRS_STATEMENTS_ELSEWHERE how many the other store is given first. LRS_DATABASES names one database
alone.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import lrs_statements
from bench_server import Academy, report
from lrs_client import Lrs, Taken, Wire, sent
from postgres import NoPostgres, Postgres

STATEMENTS = int(os.environ.get("LRS_STATEMENTS", "100000"))
ELSEWHERE = int(os.environ.get("LRS_STATEMENTS_ELSEWHERE", "10000"))
DATABASES = os.environ.get("LRS_DATABASES", "sqlite postgresql").split()
SINGLES, BATCHES, BATCH = 1500, 60, 100
LIMIT, TURNS, PAGES = 50, 20, 1000
VERBS = ("initialized", "experienced", "answered", "passed", "completed", "terminated")

#: The figures to reach, by clients and size of batches, and the least ratios to the store call alone.
WANTED = {
    "SQLite": {(1, 1): (1000, 0.2), (8, 1): (1900, 0.1), (32, 1): (2500, None), (1, BATCH): (12_000, 0.3)},
    "PostgreSQL": {
        (1, 1): (650, 0.25),
        (8, 1): (1900, 0.2),
        (32, 1): (2300, None),
        (1, BATCH): (10_000, 0.4),
    },
}
PEER = {(1, 1): "xapi-lrs 168", (8, 1): "xapi-lrs 291", (1, BATCH): "xapi-lrs 812"}
MOST_MS = 5 if STATEMENTS <= 100_000 else 30

Json = dict[str, Any]
Group = list[dict[str, str]]


class Store(Academy):
    """An instance whose record store is measured."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder, settings)
        self.run("db", "upgrade")

    def ask(self, *arguments: str, given: str = "", script: str = "bench_lrs_store.py") -> Any:
        """Run a script that works inside of the instance, and return what it prints."""
        script = str(Path(__file__).with_name(script))
        command = [sys.executable, script, *arguments]
        done = subprocess.run(
            command, env=self.environment, input=given, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    def lrs(self, name: str, key: str, secret: str) -> Lrs:
        """Return the way in with a credential."""
        return Lrs(name, f"http://localhost:{self.port}/xapi", key, secret)


def on_both(folder: Path, measure: Callable[[str, Store], None]) -> None:
    """Measure on SQLite, and on a PostgreSQL of the bench's own, durable as in production."""
    if "sqlite" in DATABASES:
        measure("SQLite", Store(folder / "sqlite", {}))
    if "postgresql" not in DATABASES:
        return
    try:
        database = Postgres(durable=True).start()
    except NoPostgres as reason:
        print(f"not measured on PostgreSQL: {reason}")
        return
    try:
        measure("PostgreSQL", Store(folder / "postgresql", {"ACADEMY_DATABASE_URL": database.url()}))
    finally:
        database.stop()


def writes(folder: Path) -> None:
    """Print how fast statements are stored, by clients and size of batches."""
    on_both(folder, _writes_of)
    other = Lrs.of_environment()
    if other is not None:
        for (clients, size), taken in _written(other, _Source(_anyone())):
            _report(other.name, clients, size, f"{taken.rate(size):,.0f} /s", "")


def reads(folder: Path) -> None:
    """Print how fast a page of 50 is found by every filter and every pair of filters, and by `more`."""
    on_both(folder, _reads_of)
    other = Lrs.of_environment()
    if other is not None:
        world = lrs_statements.World()
        for batch in range(0, ELSEWHERE, BATCH):
            body = json.dumps(world.batch(min(BATCH, ELSEWHERE - batch))).encode()
            sent(other, [other.request("POST", body=body)])
        middle = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        cases = [case for case in lrs_statements.cases(world, middle) if "mine" not in case]
        _read(other.name, {"all": other}, cases)


class _Source:
    """Requests with statements of enrolments, each with an id of its own."""

    def __init__(self, seats: Group) -> None:
        self.seats, self.random = seats, random.Random(3)

    def statement(self) -> Json:
        """Return a statement of some 800 bytes."""
        seat, chosen = self.random.choice(self.seats), self.random
        verb = chosen.choice(VERBS)
        return {
            "id": str(uuid4()),
            "actor": seat["actor"],
            "verb": {"id": lrs_statements.verb(verb), "display": {"en-US": verb}},
            "object": {
                "objectType": "Activity",
                "id": seat["activity"],
                "definition": {
                    "name": {"en-US": "A page of the course"},
                    "type": "http://adlnet.gov/expapi/activities/lesson",
                },
            },
            "result": {
                "score": {
                    "scaled": round(chosen.random(), 2),
                    "raw": chosen.randrange(100),
                    "min": 0,
                    "max": 100,
                },
                "success": True,
                "completion": True,
                "duration": "PT1M30S",
            },
            "context": {
                "registration": seat["registration"],
                "platform": "bench",
                "language": "en",
                "contextActivities": {"parent": [{"objectType": "Activity", "id": seat["course"]}]},
            },
            "timestamp": "2026-11-24T08:00:00.000Z",
        }

    def requests(self, lrs: Lrs, count: int, size: int) -> list[bytes]:
        """Return requests that store `size` statements each."""
        return [
            lrs.request(
                "POST",
                body=json.dumps(
                    self.statement() if size == 1 else [self.statement() for _ in range(size)],
                    separators=(",", ":"),
                ).encode(),
            )
            for _ in range(count)
        ]


def _anyone() -> Group:
    """Return what enrolments are elsewhere."""
    return [
        {
            "registration": str(uuid4()),
            "actor": lrs_statements.learner(number % 200),
            "activity": lrs_statements.lesson(number % 100),
            "course": lrs_statements.course(number % 10),
        }
        for number in range(500)
    ]


def _written(lrs: Lrs, source: _Source) -> Iterator[tuple[tuple[int, int], Taken]]:
    sent(lrs, source.requests(lrs, 50, 1))
    for clients, size, count in (
        (1, 1, SINGLES),
        (8, 1, SINGLES),
        (32, 1, SINGLES),
        (1, BATCH, BATCHES),
        (4, BATCH, BATCHES),
    ):
        yield (clients, size), sent(lrs, source.requests(lrs, count, size), clients=clients)


def _writes_of(name: str, academy: Store) -> None:
    academy.run("demo", "load")
    made = json.loads(
        academy.run("xapi", "credentials", "create", "--name", "bench", "--scope", "all", "--json")
    )
    source = _Source(academy.ask("seats"))
    alone = academy.ask("store", given=json.dumps([source.statement() for _ in range(400)]))
    for size, rates in alone.items():
        told = ", ".join(f"{kind} {rate:,.0f}" for kind, rate in rates.items())
        report(f"{name}: groups of {size}, without HTTP", "", f"{told} /s")
    academy.start()
    try:
        for case, taken in _written(academy.lrs(name, made["key"], made["secret"]), source):
            _compare(name, case, taken, alone)
    finally:
        academy.stop()


def profile(folder: Path) -> None:
    """Print where the CPU of storing a statement goes, without HTTP, for batches and for singles."""
    on_both(folder, _profile_of)


def _profile_of(name: str, academy: Store) -> None:
    academy.run("demo", "load")
    source = _Source(academy.ask("seats"))
    statements = [source.statement() for _ in range(400)]
    for size in (BATCH, 1):
        parts = academy.ask(str(size), given=json.dumps(statements), script="bench_lrs_profile.py")
        report(f"{name}: CPU a statement, groups of {size}", f"{sum(parts.values()):.0f} µs", "")
        for part, taken in parts.items():
            report(f"  {part}", f"{taken:.0f} µs", "")


def _compare(name: str, case: tuple[int, int], taken: Taken, alone: dict[str, dict[str, float]]) -> None:
    """Print a figure beside the target, the store call alone for as many at a time, and the bare driver."""
    clients, size = case
    rates, rate = alone[str(min(clients, 8) if size == 1 else size)], taken.rate(size)
    wanted, least = WANTED[name].get(case, (None, None))
    told = [
        f"{rate / rates['store call']:.2f} of the store call" + (f" (least {least})" if least else ""),
        f"{rate / rates['driver']:.2f} of the driver",
        *([f"wanted {wanted:,}"] if wanted else []),
        *([PEER[case]] if case in PEER else []),
        f"p50/p95 {taken.middle:.1f}/{taken.late:.1f} ms",
    ]
    _report(name, clients, size, f"{rate:,.0f} /s", "; ".join(told))


def _report(name: str, clients: int, size: int, figure: str, reference: str) -> None:
    what = "singles" if size == 1 else f"batches of {size}"
    report(f"{name}: {what}, {clients} client{'s' if clients > 1 else ''}", figure, reference)


def _reads_of(name: str, academy: Store) -> None:
    filled = academy.ask("fill", str(STATEMENTS))
    academy.start()
    try:
        ways = {who: academy.lrs(name, *pair) for who, pair in filled["keys"].items()}
        _read(name, ways, filled["cases"])
    finally:
        academy.stop()


def _read(name: str, ways: dict[str, Lrs], cases: Sequence[Json]) -> None:
    """Ask for each case some times, in turns; print single filters, and the slowest pairs.

    What asks nothing of the store is asked as often, and shows what the machine itself adds meanwhile.
    """
    wires = {who: Wire(lrs) for who, lrs in ways.items()}
    each: dict[str, list[float]] = {}
    about, machine = ways["all"].request("GET", resource="about"), list[float]()
    for turn in range(TURNS + 1):
        for case in cases:
            who, query = case.get("mine", "all"), _query(case)
            taken = _timed(wires[who], ways[who].request("GET", query))
            if turn:  # the first makes plans and fills caches
                each.setdefault(_named(case), []).append(taken)
                machine.append(_timed(wires["all"], about))
    found = {case: Taken(times, sum(times) / 1000) for case, times in each.items()}
    for case, taken in found.items():
        if "+" not in case:
            report(
                f"{name}: 50 by {case}, p50 / p95",
                f"{taken.middle:.1f} / {taken.late:.1f} ms",
                f"{MOST_MS} ms",
            )
    pairs = sorted((taken.late, case) for case, taken in found.items() if "+" in case)
    for late, case in pairs[-5:]:
        report(f"{name}: slow pair {case}, p95", f"{late:.1f} ms", f"{MOST_MS} ms")
    over = sum(late > MOST_MS for late, _case in pairs)
    everything, beside = Taken(list(chain(*each.values())), 1), Taken(machine, 1)
    report(
        f"{name}: all {len(pairs)} pairs over the target: {over}; p95 of all",
        f"{everything.late:.1f} ms",
        f"{MOST_MS} ms; the About resource in between: {beside.middle:.1f} / {beside.late:.1f} ms",
    )
    _walk(name, ways["all"], wires["all"])
    for wire in wires.values():
        wire.close()


def _timed(wire: Wire, request: bytes) -> float:
    begun = time.perf_counter()
    wire.ask(request)
    return (time.perf_counter() - begun) * 1000


def _walk(name: str, lrs: Lrs, wire: Wire) -> None:
    """Go through pages by `more`, and compare the last with the first."""
    taken, query = list[float](), f"?limit={LIMIT}"
    while query and len(taken) < PAGES:
        begun = time.perf_counter()
        answer = wire.ask(lrs.request("GET", query))
        taken.append((time.perf_counter() - begun) * 1000)
        more = json.loads(answer)["more"]
        query = f"?{urlsplit(more).query}" if more else ""
    tenth = max(1, len(taken) // 10)
    first, last = (Taken(part, 1).middle for part in (taken[:tenth], taken[-tenth:]))
    report(f"{name}: more, {len(taken)} pages, first / last tenth", f"{first:.1f} / {last:.1f} ms", "flat")


def _query(case: Json) -> str:
    asked = {key: value for key, value in case.items() if key != "mine"}
    texts = {
        key: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for key, value in asked.items()
    }
    return "?" + urlencode({**texts, "limit": str(LIMIT)})


def _named(case: Json) -> str:
    """Return a case as words: which filters, and whether their values are frequent."""
    related = {"agent": "related_agents", "activity": "related_activities"}
    words = []
    for key, value in case.items():
        if key in related.values():
            continue
        name = related[key] if case.get(related.get(key, "")) else key
        if isinstance(value, dict):
            value = value.get("account", {}).get("name") or "trainer"
        words.append(
            f"{name} {str(value).rpartition('/')[2][:12]}"
            if key not in ("since", "until", "ascending", "registration")
            else name
        )
    return " + ".join(words) or "nothing"
