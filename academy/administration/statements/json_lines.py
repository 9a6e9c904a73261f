"""JSON for reading: on lines of its own, with a colour for each kind of token; pure.

Only white space between tokens is added. Numbers and escapes stay as they were written.
"""

import re

import msgspec
from markupsafe import Markup, escape

MOST_COLOURED = 200_000

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<figure>-?\d[\d.eE+-]*)|(?P<word>true|false|null)'
)


def spread(text: bytes) -> str:
    """Return a JSON text over lines, indented."""
    return msgspec.json.format(text, indent=2).decode()


def coloured(text: bytes) -> Markup:
    """Return a JSON text over lines, its tokens marked; one that is very long is not marked."""
    lines = spread(text)
    if len(lines) > MOST_COLOURED:
        return escape(lines)
    pieces, end = [], 0
    for token in _TOKEN.finditer(lines):
        pieces.append(escape(lines[end : token.start()]))
        pieces.append(Markup('<span class="code__{}">{}</span>').format(token.lastgroup, token.group()))
        end = token.end()
    pieces.append(escape(lines[end:]))
    return Markup("").join(pieces)
