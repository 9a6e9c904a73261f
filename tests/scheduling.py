"""How tests are dealt out to the processes of a run: files as a whole, and all journeys to one.

Journeys share a browser and two servers, one of them with the demonstration, which take half a minute to
make. Slow tests come first, so that at the end no process waits long for another.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"
SLOW = (JOURNEYS, "tests/faults/", "tests/ground/")


class WithJourneysTogether(LoadScopeScheduling):
    """Deals out files as they were collected, and what drives the servers of the journeys as one."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> WithJourneysTogether:
    """Take the place of `--dist`."""
    config.option.loadscopereorder = False  # which puts files with many tests first: the quick ones
    return WithJourneysTogether(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put slow tests first."""
    items.sort(key=lambda item: next((n for n, one in enumerate(SLOW) if item.nodeid.startswith(one)), 9))
