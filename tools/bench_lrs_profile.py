"""In an instance of the bench: where the CPU of storing a statement goes, line by line.

Prints microseconds a statement for each part, for batches of the size on the command line; statements come on
the input, as a client sends them, but with the Academy's own authority, for from others the projection takes
nothing. What a part calls that is a part itself counts there.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

from academy.app import create_app
from academy.db import db, iri_base
from academy.progress import services as progress
from academy.xapi import interning, json_text, preparation, store, validation, voiding
from academy.xapi.editions import Edition
from academy.xapi.signals import statements_stored

STATEMENTS, WARM = 3000, 500

#: What a reader of the figures wants told apart, and the function that does it.
PARTS = (
    ("reading the JSON, numbers as written, no key twice", json_text, "decode"),
    ("validation: every rule of the data", validation, "validate"),
    ("completing: id, authority, timestamp, version, the text that is kept", preparation, "prepare"),
    ("who and what it names, for the links", preparation, "_collect"),
    ("conflicts, the last `stored`, who refers to it", store, "_met"),
    ("numbers of agents, verbs, activities that are known", interning, "known"),
    ("numbers of those that are new, what is said of them", interning, "numbers"),
    ("the rows: statement, links to agents and activities", store, "_insert_rows"),
    ("voiding, in whichever order the two came", voiding, "connect"),
    ("the projection: progress of the registration", progress, "apply"),
)
OTHERS = "begin, commit, and the rest"


class Clockwork:
    """Sums up what each part takes, without the parts inside of it."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._inside = [0.0]

    def part(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed."""

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            begun = time.process_time()
            self._inside.append(0.0)
            try:
                return function(*given, **named)
            finally:
                whole = time.process_time() - begun
                self.taken[name] += whole - self._inside.pop()
                self._inside[-1] += whole

        return timed


def profiled(statements: list[Any], size: int) -> dict[str, float]:
    """Return microseconds a statement by part."""
    iri_base()  # which the projection then need not read in the middle of a transaction
    db.session.rollback()
    clockwork = Clockwork()
    for name, room, function in PARTS:
        timed = clockwork.part(name, getattr(room, function))
        setattr(room, function, timed)
        if room is progress:
            statements_stored.disconnect(timed.__wrapped__)
            statements_stored.connect(timed, weak=False)
    texts = (
        json.dumps({**statement, "id": str(uuid4())}, separators=(",", ":")).encode()
        for statement in cycle(statements)
    )
    stored = clockwork.part(OTHERS, _stored)
    for count in (WARM, STATEMENTS):
        clockwork.taken.clear()
        for _ in range(0, count, size):
            stored(list(islice(texts, size)))
    return {name: clockwork.taken[name] / STATEMENTS * 1e6 for name in (*(part[0] for part in PARTS), OTHERS)}


def _stored(texts: list[bytes]) -> None:
    values = [json_text.decode(text) for text in texts]
    drafts = store.prepare(values, authority=store.own_authority(), edition=Edition.FIRST)
    store.write(db.session.connection(), drafts)
    db.session.commit()


def main() -> None:
    """Profile batches of the size given."""
    with create_app().app_context():
        print(json.dumps(profiled(json.load(sys.stdin), int(sys.argv[1]))))


if __name__ == "__main__":
    main()
