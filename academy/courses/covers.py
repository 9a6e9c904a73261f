"""Draw the cover of a course: one tile, cut and laid in the pattern of its thematic area."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

WIDTH, HEIGHT, TILE = 640, 160, 32
COLUMNS, ROWS = WIDTH // TILE, HEIGHT // TILE

Piece = tuple[str, str]  # colour, path data


@dataclass(frozen=True)
class Stone:
    """The colours of one thematic area: ground, three tones of it, and one stone that stands out."""

    ground: str
    dark: str
    middle: str
    light: str
    accent: str


def cover_svg(theme: str, seed: str) -> str:
    """Return an SVG of 640 by 160; the same theme and seed always give the same stones."""
    lay, stone = PATTERNS.get(theme.upper(), PATTERNS["T1"])
    # The seed makes every course its own; nothing here is a secret.
    chance = random.Random(f"{theme} {seed}")  # noqa: S311
    paths = defaultdict(list)
    for colour, data in lay(chance, stone):
        paths[colour].append(data)
    drawn = "".join(f'<path fill="{colour}" d="{"".join(data)}"/>' for colour, data in paths.items())
    ground = f'<path fill="{stone.ground}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{ground}{drawn}</svg>\n'
    )


def _square(column: int, row: int) -> str:
    return f"M{column * TILE} {row * TILE}h{TILE}v{TILE}h-{TILE}z"


def chevrons(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay bands that turn back and forth: a line that is crossed."""
    band = "l32 32-32 32 32 32-32 32 32 32h32l-32-32 32-32-32-32 32-32-32-32z"
    before = stone.ground
    for column in range(-1, COLUMNS):
        tones = [tone for tone in (stone.ground, stone.middle, stone.middle, stone.light) if tone != before]
        before = chance.choice(tones)
        if before != stone.ground:
            yield before, f"M{column * TILE} 0{band}"
    first = chance.randrange(3, 9)
    for column in (first, first + chance.randrange(4, 10)):
        yield stone.accent, _square(column, chance.randrange(1, 4))


def circles(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay discs, stars and stars cut out of squares: there and back."""
    kinds = [*"dddddddddddllllllsssssqqq....."]
    chance.shuffle(kinds)
    for place, kind in enumerate(kinds):
        x, y = place % 10 * 64, place // 10 * 64
        if kind in "dl":
            yield (
                stone.light if kind == "l" else stone.middle,
                f"M{x} {y + 32}a32 32 0 1164 0 32 32 0 11-64 0z",
            )
        elif kind == "s":
            yield stone.light, _star(x, y)
        elif kind == "q":
            yield stone.middle, f"M{x} {y}h64v64h-64z"
            yield stone.ground, _star(x, y)
    x, y = chance.randrange(2, COLUMNS // 2 - 1) * 64 + 32, chance.randrange(2) * 64 + 32
    yield stone.accent, f"M{x - 16} {y}a16 16 0 1132 0 16 16 0 11-32 0z"


def _star(x: int, y: int) -> str:
    return f"M{x + 32} {y}a32 32 0 0032 32 32 32 0 00-32 32 32 32 0 00-32-32 32 32 0 0032-32z"


def steps(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay stairs, one tile higher at each step."""
    start = -chance.randrange(5)
    flights = range(start, COLUMNS, ROWS)
    for flight in flights:
        x = flight * TILE
        yield stone.middle, f"M{x} {HEIGHT}l{HEIGHT}-{HEIGHT}v{HEIGHT}z"
        for column in range(ROWS):
            yield from ((stone.light, piece) for piece in _flight_column(flight + column, column))
    chosen = chance.choice(list(flights)[1:-1])
    x = (chosen + ROWS) * TILE
    yield stone.accent, f"M{x} 0v32a32 32 0 0 1-32-32z"


def _flight_column(column: int, height: int) -> Iterator[str]:
    for level in range(height + 1):
        if (column + level) % 2:
            continue
        y = HEIGHT - level * TILE
        if level == height:
            yield f"M{column * TILE} {y}l{TILE}-{TILE}v{TILE}z"
        else:
            yield f"M{column * TILE} {y}h{TILE}v-{TILE}h-{TILE}z"


def pinwheels(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay pinwheels whose wings interlock."""
    for column in range(0, COLUMNS, 2):
        for row in range(0, ROWS + 1, 2):
            x, y = (column + 1) * TILE, (row + 1) * TILE
            one, other = chance.choice([(stone.light, stone.dark), (stone.dark, stone.light)])
            yield one, f"M{x} {y}v-32h32zv32h-32z"
            yield other, f"M{x} {y}h32v32zh-32v-32z"
    first = chance.randrange(3, 9)
    for column in (first, first + chance.randrange(5, 10)):
        yield stone.accent, _square(column, chance.randrange(1, 4))


def fans(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay the fan of Prague's pavements, row over row."""
    centres = [(x, y) for y in (0, 64, 128) for x in range(0, WIDTH + 1, 64)]
    between = [(x, y) for y in (32, 96, 160) for x in range(32, WIDTH, 64)]
    for y in range(0, HEIGHT + 1, 32):
        yield stone.middle, f"M{-32 if y % 64 == 0 else 0} {y}{'a32 32 0 0164 0' * 11}z"
    chosen = chance.sample([*centres, *between], 30)
    for x, y in chosen[:15]:
        yield stone.light, f"M{x - 20} {y}a20 20 0 0140 0z"
    for x, y in chosen[15:]:
        yield stone.dark, f"M{x - 20} {y}a20 20 0 0140 0z"
    x, y = chance.choice([place for place in between if 128 < place[0] < 560 and place[1] < 128])
    yield stone.accent, f"M{x - 12} {y}a12 12 0 0 1 24 0z"


def roofs(chance: random.Random, stone: Stone) -> Iterator[Piece]:
    """Lay roofs over walls and doorways."""
    for row in range(3):
        shift = 32 * (row % 2)
        for column in range(COLUMNS // 2 + row % 2):
            x, y = column * 64 - shift, row * 64 - 16
            tone = chance.choice([stone.middle, stone.middle, stone.light])
            yield tone, f"M{x} {y + 32}l32-32 32 32z"
            if chance.randrange(3):
                yield tone, f"M{x + 8} {y + 32}h48v32h-48z"
            else:
                yield stone.middle, f"M{x + 8} {y + 64}a24 24 0 0 1 48 0z"
    x, row = chance.randrange(2, 8) * 64, chance.randrange(1, 3)
    yield stone.accent, f"M{x - 32 * (row % 2)} {row * 64 + 16}l32-32 32 32z"


Pattern = Callable[[random.Random, Stone], Iterable[Piece]]
PATTERNS: dict[str, tuple[Pattern, Stone]] = {
    "T1": (chevrons, Stone("#2d419e", "#22337f", "#4a5fc0", "#6f82d3", "#e5b74f")),
    "T2": (circles, Stone("#b9480f", "#94390b", "#d2662f", "#e08c59", "#fbe3b0")),
    "T3": (steps, Stone("#0f7573", "#0b5a58", "#2f918e", "#60b2af", "#e5b74f")),
    "T4": (pinwheels, Stone("#e5b74f", "#d29f2c", "#e5b74f", "#f0cd7c", "#75243f")),
    "T5": (fans, Stone("#8ebfe0", "#6ba6cf", "#a9d0ea", "#c6e0f2", "#18222d")),
    "T6": (roofs, Stone("#75243f", "#5c1a31", "#96405c", "#b2637e", "#e5b74f")),
}
