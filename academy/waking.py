"""Waking those who wait for jobs: within a process by a bell, between processes through Redis.

A wake-up carries nothing and may be missed; who waits for one looks by itself after a while.
"""

import logging
import threading

import redis

log = logging.getLogger(__name__)

CHANNEL = "academy.jobs"
PATIENCE = 2.0  # seconds for Redis to answer, in threads where nobody waits for it
AGAIN = 5.0


class Bell:
    """Wakes every thread of this process that waits, also one that comes back to waiting a little later."""

    def __init__(self) -> None:
        """Begin silent."""
        self._rung, self._changed = 0, threading.Condition()

    def ring(self) -> None:
        """Wake who waits."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> int:
        """Wait until it rang after `heard`, at most some seconds; return what to give at the next call."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard, seconds)
            return self._rung

    def listen(self) -> None:
        """Hear other processes too, where they can be heard."""


class RedisBell(Bell):
    """Rings in every process on the same Redis; where Redis is away, only in this one.

    Neither ringing nor waiting waits for Redis: both sides have a thread of their own.
    """

    def __init__(self, url: str) -> None:
        """Take the address of Redis; nothing is connected before the first need."""
        super().__init__()
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, health_check_interval=30
        )
        self._to_send, self._starting = threading.Event(), threading.Lock()
        self._sender: threading.Thread | None = None
        self._listener: threading.Thread | None = None

    def ring(self) -> None:
        """Wake who waits here and elsewhere; several calls at once may become one message."""
        super().ring()
        self._to_send.set()
        with self._starting:
            if self._sender is None:
                self._sender = _thread(self._send, "academy-ringing")

    def listen(self) -> None:
        """Begin to hear other processes."""
        with self._starting:
            if self._listener is None:
                self._listener = _thread(self._hear, "academy-hearing")

    def _send(self) -> None:
        while True:
            self._to_send.wait()
            self._to_send.clear()
            try:
                self._redis.publish(CHANNEL, b"")
            except redis.RedisError as error:
                log.warning("workers were not woken, they look by themselves: %s", error)

    def _hear(self) -> None:
        while True:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    subscription.subscribe(CHANNEL)
                    super().ring()  # for what was missed in the meantime
                    while True:
                        if subscription.get_message(timeout=AGAIN):
                            super().ring()
            except redis.RedisError as error:
                log.warning("Redis cannot be heard, jobs are looked for by themselves: %s", error)
                threading.Event().wait(AGAIN)


def bell(url: str) -> Bell:
    """Return the bell for the setting JOBS_URL."""
    return RedisBell(url) if url else Bell()


def _thread(target: object, name: str) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread
