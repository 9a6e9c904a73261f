"""Prerequisites of SCORM 1.2 items: the expression language aicc_script, evaluated on the server.

An operand is an item that is finished, or a comparison of its status: `A`, `A="passed"`, `A<>"failed"`; `~`
binds closest, then `&`, then `|`; `2*{A,B,C}` asks for two of the three. (SCORM 1.2 CAM 2.3.5.3)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"\s*(?:(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<sign><>|[&|~(){},*=])|(?P<word>[^\s&|~(){},*=<>\"']+))"
)
COUNT = re.compile(r"[0-9]{1,6}")
FINISHED = frozenset({"passed", "completed"})
STATUSES = ("passed", "completed", "failed", "incomplete", "browsed", "not attempted")
DEEPEST = 50
LONGEST = 20_000


class Unreadable(Exception):
    """The expression cannot be understood; `position` counts characters from 1."""

    def __init__(self, position: int) -> None:
        """Take the place of the first character that does not fit."""
        self.position = position
        super().__init__(position)


@dataclass(frozen=True)
class Finished:
    """An item, or all leaves of a cluster, completed or passed."""

    item: str


@dataclass(frozen=True)
class Compared:
    """The status of an item is, or is not, this one."""

    item: str
    status: str
    equal: bool


@dataclass(frozen=True)
class Negated:
    """The opposite of an expression."""

    part: "Expression"


@dataclass(frozen=True)
class AtLeast:
    """A number of expressions out of several: all for `&`, one for `|`."""

    count: int
    parts: tuple["Expression", ...]


Expression = Finished | Compared | Negated | AtLeast


@dataclass(frozen=True)
class Statuses:
    """Status of each leaf by item identifier, and the leaves under each cluster."""

    leaves: Mapping[str, str]
    clusters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_finished(self, item: str) -> bool:
        """Say whether an item is finished; one that does not exist is not."""
        if item in self.clusters:
            return all(self.is_finished(leaf) for leaf in self.clusters[item])
        return self.leaves.get(item) in FINISHED


def parse(text: str) -> Expression:
    """Read an expression; raises Unreadable with the place of the fault, or of the limit of its length."""
    if len(text) > LONGEST:
        raise Unreadable(LONGEST)
    parser = _Parser(text)
    found = parser.either(0)
    parser.expect_end()
    return found


def evaluate(expression: Expression, statuses: Statuses) -> bool:
    """Say whether an expression is true of the statuses; an unknown item makes its operand false."""
    match expression:
        case Finished(item):
            return statuses.is_finished(item)
        case Compared(item, status, equal):
            return item in statuses.leaves and (statuses.leaves[item] == status) is equal
        case Negated(part):
            return not evaluate(part, statuses)
        case AtLeast(count, parts):
            return sum(evaluate(part, statuses) for part in parts) >= count


def is_unlocked(text: str | None, statuses: Statuses) -> bool:
    """Say whether an item may be opened; prerequisites that cannot be read lock nobody out."""
    if not text or not text.strip():
        return True
    try:
        return evaluate(parse(text), statuses)
    except Unreadable:
        return True


def operands(expression: Expression) -> Iterator[str]:
    """Yield the item identifiers that an expression names."""
    match expression:
        case Finished(item) | Compared(item, _, _):
            yield item
        case Negated(part):
            yield from operands(part)
        case AtLeast(_, parts):
            for part in parts:
                yield from operands(part)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        self.place = 0
        position, end = 0, len(text.rstrip())
        while position < end:
            found = TOKEN.match(text, position)
            if found is None:
                raise Unreadable(position + 1)
            kind = str(found.lastgroup)
            self.tokens.append((kind, found.group(kind), found.start(kind) + 1))
            position = found.end()
        self.tokens.append(("end", "", end + 1))

    def either(self, depth: int) -> Expression:
        parts = [self.both(depth)]
        while self.take("|"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else AtLeast(1, tuple(parts))

    def both(self, depth: int) -> Expression:
        parts = [self.single(depth)]
        while self.take("&"):
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else AtLeast(len(parts), tuple(parts))

    def single(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise Unreadable(self.position)
        if self.take("~"):
            return Negated(self.single(depth + 1))
        if self.take("("):
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        word = self.word()
        if COUNT.fullmatch(word) and self.take("*"):
            return self.some_of(int(word), depth + 1)
        return self.compared(word)

    def some_of(self, count: int, depth: int) -> Expression:
        self.expect("{")
        parts = [self.either(depth)]
        while self.take(","):
            parts.append(self.either(depth))
        self.expect("}")
        return AtLeast(count, tuple(parts))

    def compared(self, item: str) -> Expression:
        for sign in ("=", "<>"):
            if self.take(sign):
                return Compared(item, self.status(), equal=sign == "=")
        return Finished(item)

    def status(self) -> str:
        position = self.position
        word = self.word().strip().lower()
        if word == "not" and self.tokens[self.place][1].lower() == "attempted":
            self.place += 1
            word = "not attempted"
        for status in STATUSES:
            if word in {status, status.replace(" ", ""), status[0]}:
                return status
        raise Unreadable(position)

    @property
    def position(self) -> int:
        return self.tokens[self.place][2]

    def word(self) -> str:
        kind, text, position = self.tokens[self.place]
        if kind not in {"word", "quoted"}:
            raise Unreadable(position)
        self.place += 1
        return text[1:-1] if kind == "quoted" else text

    def take(self, sign: str) -> bool:
        if self.tokens[self.place][:2] != ("sign", sign):
            return False
        self.place += 1
        return True

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise Unreadable(self.position)

    def expect_end(self) -> None:
        if self.tokens[self.place][0] != "end":
            raise Unreadable(self.position)
