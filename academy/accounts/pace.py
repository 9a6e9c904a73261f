"""Light limits per place and process: how often a minute one may look something up, or fail with a link."""

import time
from collections import deque
from threading import Lock

from academy.accounts import browsers

WINDOW = 60.0
MOST_PLACES = 10_000
MOST_BAD_LINKS = 30


class Pace:
    """Counts what each place did in the last minute; forgets whoever was quiet for longest."""

    def __init__(self, most: int) -> None:
        """Take how often a minute a place may come."""
        self.most = most
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allows(self, address: str | None) -> bool:
        """Count a visit from an address, and say whether its place is still within the limit."""
        place, now = browsers.place(address), time.monotonic()
        with self._lock:
            times = self._times.pop(place, None) or deque(maxlen=self.most + 1)
            self._times[place] = times
            if len(self._times) > MOST_PLACES:
                del self._times[next(iter(self._times))]
            while times and now - times[0] > WINDOW:
                times.popleft()
            times.append(now)
            return len(times) <= self.most

    def forget(self) -> None:
        """Forget everybody."""
        self._times.clear()


bad_links = Pace(MOST_BAD_LINKS)
