"""Plots as shapes for SVG; pure. Templates draw them, with colours of classes."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 160
STEP = 10
GAP = 2
STEPS = (10, 15, 20, 30, 40, 50, 60, 80)  # tenths


@dataclass(frozen=True)
class Bar:
    """One bar: where it begins, and how high it stands."""

    left: int
    top: float
    width: int
    height: float


@dataclass(frozen=True)
class Bars:
    """A plot of bars that begin at zero; `most` is what its full height stands for."""

    bars: list[Bar]
    most: int
    width: int
    height: int = HEIGHT


def bars(values: Sequence[int]) -> Bars:
    """Return the bars of values; one that is not zero can be seen, however small it is."""
    most = round_up(max(values, default=0))
    found = []
    for place, value in enumerate(values):
        height = max(HEIGHT * value / most, 1.5) if value else 0
        found.append(Bar(place * STEP, round(HEIGHT - height, 2), STEP - GAP, round(height, 2)))
    return Bars(found, most, max(1, len(values) * STEP - GAP))


def round_up(value: int) -> int:
    """Return the next number that reads well at the top of a plot, from 5 on."""
    size = 1
    while True:
        for step in STEPS:
            top = step * size // 10
            if top * 10 == step * size and top >= max(value, 5):
                return top
        size *= 10
