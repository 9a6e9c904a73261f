"""The band of Prague paving at the side of a certificate: one equal tile, cut three ways; pure."""

from collections.abc import Iterator
from hashlib import sha256

COLUMNS, ROWS, TILE = 4, 20, 40
GROUND = "#12344d"
SHADES = ("#173b57", "#1d4767", "#245573", "#2c6186")
STONES = ("#e5b74f", "#b9480f", "#0f7573", "#8ebfe0", "#93435c", "#5063c4")

#: Square, triangles in four corners, quarter circles about four corners.
CUTS = (
    "h40v40h-40z",
    "h40L{x} {b}z",
    "h40v40z",
    "M{r} {y}v40h-40z",
    "v40h40z",
    "h40A40 40 0 0 1 {x} {b}z",
    "h40v40A40 40 0 0 1 {x} {y}z",
    "M{r} {y}v40h-40A40 40 0 0 1 {r} {y}z",
    "v40h40A40 40 0 0 0 {x} {y}z",
)


def band(seed: str) -> str:
    """Return the band as SVG; the same seed gives the same band."""
    numbers = _numbers(seed)
    stones = _stones(numbers)
    tiles = []
    for place in range(COLUMNS * ROWS):
        cut, shade = next(numbers) % 12, next(numbers) % len(SHADES)
        if cut < len(CUTS) or place in stones:
            tiles.append(_tile(place, CUTS[cut % len(CUTS)], stones.get(place, SHADES[shade])))
    width, height = COLUMNS * TILE, ROWS * TILE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><path fill="{GROUND}" d="M0 0h{width}v{height}H0z"/>{"".join(tiles)}</svg>'
    )


def _tile(place: int, cut: str, colour: str) -> str:
    x, y = place % COLUMNS * TILE, place // COLUMNS * TILE
    path = cut.format(x=x, y=y, r=x + TILE, b=y + TILE)
    start = "" if path.startswith("M") else f"M{x} {y}"
    return f'<path fill="{colour}" d="{start}{path}"/>'


def _stones(numbers: Iterator[int]) -> dict[int, str]:
    """Lay each of the six stones into a part of the band of its own."""
    part = COLUMNS * ROWS // len(STONES)
    return {number * part + next(numbers) % part: stone for number, stone in enumerate(STONES)}


def _numbers(seed: str) -> Iterator[int]:
    block = sha256(seed.encode()).digest()
    while True:
        yield from block
        block = sha256(block).digest()


def mark() -> str:
    """Return the mark of the Academy, the bridge gate of twelve tiles, in the colours for paper."""
    tile = "h8v8h-8z"
    places = ((0, 0), (9, 0), (27, 0), (0, 9), (27, 18), (0, 27), (27, 27))
    gate = "".join(f"M{x} {y}{tile}" for x, y in places)
    arch = "M9 9h8a8 8 0 0 0-8 8zM26 9h-8a8 8 0 0 1 8 8z"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 35 35" width="35" height="35">'
        f'<path fill="{GROUND}" d="{gate}{arch}"/><path fill="#d9a441" d="M18 0{tile}"/>'
        f'<path fill="#0f5a8c" d="M0 18{tile}M27 9{tile}"/></svg>'
    )
