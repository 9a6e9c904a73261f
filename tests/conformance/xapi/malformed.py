"""Requests that are wrong in one way each, made from good ones: the same number gives the same request."""

import copy
import gzip
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.factories import xapi

JSON = "application/json"
MIXED = "multipart/mixed; boundary=limit"
STATEMENTS = "/xapi/statements"
AGENT = json.dumps(xapi.agent())
DATA = b"\x00data\r\n--lim\r\n" * 20
SHA2 = hashlib.sha256(DATA).hexdigest()

PLACES = {
    "/xapi/activities/state": {"activityId": "x:a", "agent": AGENT, "stateId": "s"},
    "/xapi/activities/profile": {"activityId": "x:a", "profileId": "p"},
    "/xapi/agents/profile": {"agent": AGENT, "profileId": "p"},
}


@dataclass
class Wrong:
    """A request, and in a few words what is wrong with it."""

    what: str
    url: str = STATEMENTS
    method: str = "POST"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    declared: int | None = None  # Content-Length, where it is not that of the body


Chance = random.Random


def many(count: int, seed: int = 9274) -> Iterator[Wrong]:
    """Go through so many requests, all kinds in turn."""
    for number in range(count):
        yield KINDS[number % len(KINDS)](Chance(f"{seed}-{number}"))


def whole() -> dict[str, Any]:
    """Return a statement that has nearly everything."""
    return xapi.statement(
        id="7f1b3a52-9a44-4a3c-8a5e-0d0d0d0d0d0d",
        actor={"objectType": "Group", "name": "Группа", "member": [xapi.agent("one"), xapi.agent("two")]},
        verb={**xapi.verb(), "display": {"en-GB": "did", "ru": "сделал"}},
        object={
            **xapi.activity(),
            "definition": {
                "type": "x:type",
                "interactionType": "choice",
                "correctResponsesPattern": ["a[,]b"],
                "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
            },
        },
        result={"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "success": True, "duration": "PT1S"},
        context={
            "registration": "7f1b3a52-9a44-4a3c-8a5e-0e0e0e0e0e0e",
            "instructor": xapi.agent("teacher"),
            "contextActivities": {"parent": [xapi.activity("course")]},
            "statement": xapi.reference("7f1b3a52-9a44-4a3c-8a5e-0f0f0f0f0f0f"),
            "language": "en",
        },
        timestamp="2026-01-01T00:00:00Z",
    )


def sent(what: str, value: Any, **more: Any) -> Wrong:
    return Wrong(what, body=json.dumps(value, ensure_ascii=False).encode(), **more)


def broken_text(chance: Chance) -> Wrong:
    """JSON with a slip of the pen."""
    text = json.dumps(whole(), ensure_ascii=False).encode()
    place = chance.randrange(1, len(text))
    marks = [number for number, letter in enumerate(text) if letter in b'{}[]:,"']
    mark = chance.choice(marks)
    acts: dict[str, bytes] = {
        "cut off": text[:place],
        "a NUL": text[:place] + b"\0" + text[place:],
        "no UTF-8": text[:place]
        + chance.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5"])
        + text[place:],
        "a missing mark": text[:mark] + text[mark + 1 :],
        "a mark twice": text[:mark] + text[mark : mark + 1] * 2 + text[mark + 1 :],
        "more after the end": text + chance.choice([b"}", b"{}", b"x", b",", b"\0"]),
        "before the beginning": chance.choice([b"\xef\xbb\xbf", b"x", b"//\n", b"["]) + text,
        "another encoding": text.decode().encode(chance.choice(["utf-16", "utf-32", "cp1251", "utf-16-be"])),
        "single quotes": text.replace(b'"', b"'"),
        "nothing": chance.choice([b"", b" ", b"\n\t"]),
    }
    what, body = chance.choice(sorted(acts.items()))
    return Wrong(what, body=body)


def bad_number(chance: Chance) -> Wrong:
    number = chance.choice(
        ["1e400", "-1e400", "1.0000000001", "9" * 5000, "-" + "9" * 300, "NaN", "Infinity", "-Infinity"]
        + ["01", "+1", ".5", "5.", "0x10", "1e", "1_000", "--1", "٣", '"1"', "true", "null", "[]"]
    )
    text = json.dumps(whole()).replace('"scaled": 0.5', f'"scaled": {number}')
    return Wrong(f"the number {number[:20]}", body=text.encode())


def key_twice(chance: Chance) -> Wrong:
    text = json.dumps(whole())
    path = chance.choice([path for path in paths(whole()) if isinstance(path[-1], str)])
    key = json.dumps(path[-1])
    place = text.index(f"{key}: ")
    return Wrong(f"{key} twice", body=f"{text[:place]}{key}: null, {text[place:]}".encode())


def lone_surrogate(chance: Chance) -> Wrong:
    half = chance.choice(["\\ud800", "\\udfff", "\\uDC00\\uD800", "a\\udbffb"])
    text = json.dumps(whole(), ensure_ascii=False)
    place = text.index(chance.choice(['"сделал', '"Группа', '"A"', '"a[']))
    return Wrong("half a character", body=f"{text[: place + 1]}{half}{text[place + 1 :]}".encode())


def too_deep(chance: Chance) -> Wrong:
    depth = chance.choice([5_000, 50_000, 200_000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}")])
    inner = opening * depth + "1" + closing * depth * chance.randrange(2)
    text = json.dumps(whole())[:-1]
    body = chance.choice([inner, f'{text}, "result2": {inner}}}', f'{text}, "{"x" * 9}": {opening * depth}'])
    return Wrong(f"{depth} deep", body=body.encode())


def deep_extension(chance: Chance) -> Wrong:
    """An extension that could be read, but not be compared with another."""
    depth = chance.randrange(201, 2000)
    statement = xapi.statement(result={"extensions": {"x:a": 1}})
    statement["context"] = {"extensions": {"x:b": [{"a": 0}, {"a": []}]}}
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('[1,{"a":', "}]")])
    text = json.dumps(statement).replace('"x:a": 1', f'"x:a": {opening * depth}1{closing * depth}')
    return Wrong(f"an extension {depth} deep", body=text.encode())


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Go through the paths of all values inside of a value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*above, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*above, key))


def wrong_value(chance: Chance) -> Wrong:
    value = whole()
    path = chance.choice(list(paths(value)))
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    new = chance.choice([None, [[]], {"": ""}, -1.5, [None], [{}, 1], "\0", {"a": {"b": 1}}])
    if path[-1] in {"raw", "min", "max"} or isinstance(holder[path[-1]], str):
        new = chance.choice([None, [[]], {"": ""}, False])
    holder[path[-1]] = new
    return sent(f"{path} is {new!r}", value)


def unknown_member(chance: Chance) -> Wrong:
    value = whole()
    holders = [value, value["object"], value["verb"], value["result"], value["context"], value["actor"]]
    holders += [
        value["result"]["score"],
        value["object"]["definition"],
        value["context"]["contextActivities"],
    ]
    name = chance.choice(["Actor", "unknown", "", "\0", "__proto__", "и", "id ", "x" * 5000])
    chance.choice(holders)[name] = chance.choice([1, None, {}, "x"])
    return sent(f"the property {name[:20]!r}", value)


def wrong_batch(chance: Chance) -> Wrong:
    good = xapi.statement()
    same = xapi.statement(id="7f1b3a52-9a44-4a3c-8a5e-0d0d0d0d0d0d")
    value = chance.choice(
        [None, 5, "x", True, 1.5, [1], [[]], [None], [good, None], [good, [good]], [good] * 20 + [{}]]
        + [
            [same, good, same],
            [good, {**good, "verb": {}}],
            [{**same, "id": "x"}],
            {"statements": [good]},
            {},
        ]
    )
    return sent("no batch", value)


def parted(*, statement: Any = None, boundary: bytes = b"limit") -> list[bytes]:
    """Return the lines of a good multipart body."""
    described = {
        "usageType": "x:u",
        "display": {"en": "File"},
        "contentType": "text/plain",
        "length": len(DATA),
        "sha2": SHA2,
    }
    first = json.dumps(statement or xapi.statement(attachments=[described])).encode()
    return [
        b"--%b\r\n" % boundary,
        b"Content-Type: application/json\r\n",
        b"\r\n",
        first,
        b"\r\n--%b\r\n" % boundary,
        b"Content-Type: text/plain\r\n",
        b"Content-Transfer-Encoding: binary\r\n",
        b"X-Experience-API-Hash: %b\r\n" % SHA2.encode(),
        b"\r\n",
        DATA,
        b"\r\n--%b--" % boundary,
    ]


def broken_multipart(chance: Chance) -> Wrong:
    lines = parted()
    body = b"".join(lines)
    line = chance.choice([0, 1, 2, 3, 4, 6, 7, 8, 9, 10])
    altered = bytearray(DATA)
    altered[chance.randrange(len(DATA))] ^= 1 << chance.randrange(8)
    acts: dict[str, bytes] = {
        "cut off": body[: chance.randrange(1, len(body))],
        "without a line": b"".join(lines[:line] + lines[line + 1 :]),
        "another boundary": body.replace(b"--limit", b"--other"),
        "only resembling boundary": body.replace(b"--limit\r\n", b"--limit2\r\n"),
        "line feeds alone": body.replace(b"\r\n", b"\n"),
        "altered data": body.replace(DATA, bytes(altered)),
        "another hash": body.replace(b"Hash: " + SHA2.encode(), b"Hash: " + b"0" * 64),
        "no hash": body.replace(
            b"Hash: " + SHA2.encode(), b"Hash: " + chance.choice([b"", b"x", b"\xff" * 64])
        ),
        "base64": body.replace(b"binary", b"base64"),
        "header twice": body.replace(lines[7], lines[7] * 2),
        "header without a name": body.replace(lines[5], b"text/plain\r\n"),
        "endless header": body.replace(lines[5], b"X: " + b"x" * 40_000 + b"\r\n"),
        "statements of another type": body.replace(b"application/json", b"text/plain"),
        "statements that are none": b"".join([*lines[:3], b'{"a":', *lines[4:]]),
        "nobody asked for the data": b"".join(
            [*lines[:3], json.dumps(xapi.statement()).encode(), *lines[4:]]
        ),
        "data missing": b"".join([*lines[:4], lines[10]]),
        "nothing": chance.choice([b"", b"--limit--", b"\r\n--limit--\r\n", b"--limit"]),
        "empty parts": b"--limit\r\n" * chance.randrange(1, 2000) + b"--limit--",
        "noise": chance.randbytes(2000),
    }
    what, wrong = chance.choice(sorted(acts.items()))
    return Wrong(f"multipart {what}", body=wrong, headers={"Content-Type": MIXED})


def wrong_type(chance: Chance) -> Wrong:
    mixed = chance.random() < 0.5
    body = b"".join(parted()) if mixed else json.dumps(xapi.statement()).encode()
    kinds = [
        "text/plain",
        "application/xml",
        "image/png",
        "application/jsonx",
        "multipart/form-data; boundary=limit",
    ]
    kinds += [
        "application/octet-stream",
        "json",
        "/",
        ";",
        "application/json/x",
        "application/x-www-form-urlencoded",
    ]
    boundaries = [
        "",
        "; boundary=",
        "; boundary=other",
        f"; boundary={'x' * 71}",
        '; boundary="',
        "; bound=limit",
    ]
    kind = chance.choice([f"multipart/mixed{end}" for end in boundaries] if mixed else kinds)
    return Wrong(f"the type {kind}", body=body, headers={"Content-Type": kind})


def wrong_coding(chance: Chance) -> Wrong:
    mixed = chance.random() < 0.3
    body = b"".join(parted()) if mixed else json.dumps(whole()).encode()
    packed = gzip.compress(body, mtime=0)
    place = chance.randrange(20, len(packed) - 8)
    acts: dict[str, tuple[str, bytes]] = {
        "cut off": ("gzip", packed[: chance.randrange(len(packed))]),
        "damaged": ("gzip", packed[:-8] + bytes(byte ^ 0x55 for byte in packed[-8:])),
        "plain": ("gzip", body),
        "noise": ("gzip", chance.randbytes(300)),
        "packed twice": ("gzip", gzip.compress(packed)),
        "more after the end": ("gzip", packed + b"x"),
        "torn": ("gzip", packed[:place] + packed[place + 3 :]),
        "unknown": (chance.choice(["br", "deflate", "zstd", "compress", "gzip,br", "x", "*"]), packed),
    }
    what, (coding, wrong) = chance.choice(sorted(acts.items()))
    headers = {"Content-Type": MIXED if mixed else JSON, "Content-Encoding": coding}
    return Wrong(f"{coding} {what}", body=wrong, headers=headers)


def wrong_length(chance: Chance) -> Wrong:
    mixed = chance.random() < 0.5
    body = b"".join(parted()) if mixed else json.dumps(xapi.statement()).encode()
    declared = len(body) + chance.choice([1, 2, 100, 10_000, 500_000, 10**9, 10**18, 10**30])
    headers = {"Content-Type": MIXED if mixed else JSON}
    return Wrong(f"{declared} bytes announced", body=body, headers=headers, declared=declared)


def wrong_version(chance: Chance) -> Wrong:
    version = chance.choice(
        ["", "0.9", "0.95", "1.1", "2.1.0", "3.0.0", "1.0.3, 1.0.3", "1", "one", "1.0.3.4", "٢.0", " "]
    )
    wrong = sent(f"version {version!r}", xapi.statement())
    wrong.headers["X-Experience-API-Version"] = version.encode().decode("latin-1")
    return wrong


def wrong_query(chance: Chance) -> Wrong:
    name, texts = chance.choice(
        [
            (
                "agent",
                [
                    "",
                    "{}",
                    "[]",
                    "x",
                    "null",
                    '{"mbox":"x"}',
                    '{"mbox":"mailto:a@b.c","mbox":1}',
                    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
                ],
            ),
            (
                "agent",
                [
                    '{"mbox":"mailto:a@b.c"',
                    "[" * 50_000,
                    '{"mbox":"mailto:a@b.c\\u0000"}',
                    '{"mbox":"mailto:\\ud800@b.c"}',
                ],
            ),
            ("verb", ["", "x", "no scheme", "x:\0", "http://<>", " "]),
            ("activity", ["", "x", "x:{}", "x:\0"]),
            ("registration", ["", "1", "g" * 36, "7f1b3a52-9a44-4a3c-8a5e-0d0d0d0d0d0", "\0"]),
            ("since", ["", "yesterday", "2026", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "9" * 400]),
            ("until", ["0", "-1", "2026-01-01T00:00:00-00:00", "0000-00-00T00:00:00Z", "\0"]),
            ("limit", ["", "-1", "1.5", "x", "9" * 30, "٣", "1e3", "0x1", "+1", "\0"]),
            ("cursor", ["", "-1", "x", "9" * 400]),
            ("format", ["", "EXACT", "x", "ids,exact"]),
            ("ascending", ["", "1", "True", "yes"]),
            ("attachments", ["", "1", "TRUE"]),
            ("related_agents", ["", "0", "null"]),
            ("statementId", ["", "x", "7f1b3a52"]),
            ("voidedStatementId", ["", "x", "\0"]),
            ("unknown", ["x"]),
            ("Limit", ["1"]),
        ]
    )
    text = chance.choice(texts)
    url = f"{STATEMENTS}?{quote(name)}={quote(text)}"
    if chance.random() < 0.2:
        url = f"{STATEMENTS}?limit=1&limit={chance.choice(['1', '2', ''])}"
    return Wrong(f"GET {url[:80]}", url=url, method="GET", headers={})


def wrong_place(chance: Chance) -> Wrong:
    """A document with one parameter missing, unknown or malformed."""
    path = chance.choice(sorted(PLACES))
    given = dict(PLACES[path])
    method = chance.choice(["GET", "PUT", "POST", "DELETE"])
    name = chance.choice([one for one in given if one not in {"stateId", "profileId"}])
    act = chance.randrange(3)
    if act == 0:
        del given[name]
    elif act == 1:
        given[name] = chance.choice(["", "x", "{}", "\0", "[1", '{"a": 1}'])
    else:
        given[chance.choice(["registratio", "", "x", "since2", "statementId"])] = "1"
    headers = {"Content-Type": JSON, "If-None-Match": "*"}
    return Wrong(f"{method} {path} {given}", f"{path}?{urlencode(given)}", method, b"{}", headers)


def wrong_document(chance: Chance) -> Wrong:
    path = chance.choice(sorted(PLACES))
    bodies = [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":"\\ud800"}',
        b"\xff",
        b"{}\0",
        b"[" * 50_000,
        b"NaN",
        b'{"a":01}',
    ]
    method = chance.choice(["PUT", "POST"])
    if method == "POST":
        bodies += [b"[]", b"1", b"null", b'"x"']
    headers = {"Content-Type": JSON, "If-None-Match": "*"}
    url = f"{path}?{urlencode(PLACES[path])}"
    return Wrong(f"{method} {path}", url, method, chance.choice(bodies), headers)


def wrong_put(chance: Chance) -> Wrong:
    one, other = "7f1b3a52-9a44-4a3c-8a5e-0d0d0d0d0d0d", "7f1b3a52-9a44-4a3c-8a5e-0e0e0e0e0e0e"
    query, value = chance.choice(
        [
            ("", xapi.statement()),
            ("?statementId=x", xapi.statement()),
            (f"?statementId={one}", xapi.statement(id=other)),
            (f"?statementId={one}", [xapi.statement()]),
            (f"?statementId={one}&statementId={one}", xapi.statement()),
            (f"?statementId={one}&x=1", xapi.statement()),
            (f"?statementId={one}", xapi.statement(id=1)),
            (f"?statementId={one}", None),
            (f"?statementId={one}%00", xapi.statement()),
        ]
    )
    return sent(f"PUT {query}", copy.deepcopy(value), url=STATEMENTS + query, method="PUT")


KINDS: list[Callable[[Chance], Wrong]] = [
    *(broken_text, broken_multipart, wrong_value, wrong_coding, broken_text, bad_number, key_twice),
    *(
        lone_surrogate,
        too_deep,
        deep_extension,
        unknown_member,
        wrong_batch,
        wrong_type,
        broken_multipart,
        wrong_length,
    ),
    *(wrong_version, wrong_query, wrong_place, wrong_document, wrong_put),
]
