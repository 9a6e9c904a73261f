"""A light limit on looking up certificate numbers and names, per network address and process."""

import time
from collections import deque
from threading import Lock

WINDOW = 60.0
MOST_LOOK_UPS = 60
MOST_NAMES = 10
MOST_ADDRESSES = 10_000


class Throttle:
    """Counts what each address did in the last minute; forgets whoever was quiet."""

    def __init__(self, most: int) -> None:
        """Take how often a minute an address may come."""
        self.most = most
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allows(self, address: str) -> bool:
        """Count a visit, and say whether it is still within the limit."""
        now = time.monotonic()
        with self._lock:
            if len(self._times) > MOST_ADDRESSES:
                self._times.clear()
            times = self._times.setdefault(address, deque(maxlen=self.most + 1))
            while times and now - times[0] > WINDOW:
                times.popleft()
            times.append(now)
            return len(times) <= self.most

    def forget(self) -> None:
        """Forget everybody."""
        self._times.clear()


look_ups = Throttle(MOST_LOOK_UPS)
names = Throttle(MOST_NAMES)
