"""How many requests a minute a credential may send, counted by each process of the server for itself.

A credential may send as many at once as it may send in a minute; then what it may send grows evenly. The
limit keeps a client that has run wild from taking the server away from others, which needs no common count:
with several processes a credential gets up to as many times its limit.
"""

import time
from threading import Lock

MINUTE = 60.0
MOST_KEPT = 10_000


class Pace:
    """When each credential would be back at rest; forgets whoever was quiet for longest."""

    def __init__(self) -> None:
        """Begin with nobody counted."""
        self._rests: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, key: str, *, per_minute: int) -> float:
        """Count a request; return 0 where it may go on, else the seconds until the next may (not counted)."""
        step = MINUTE / per_minute
        with self._lock:
            now = time.monotonic()
            rest = max(self._rests.pop(key, now), now)
            over = rest + step - MINUTE - now
            self._rests[key] = rest if over > 0 else rest + step
            if len(self._rests) > MOST_KEPT:
                del self._rests[next(iter(self._rests))]
        return max(over, 0.0)

    def forget(self) -> None:
        """Forget everybody."""
        self._rests.clear()


pace = Pace()
