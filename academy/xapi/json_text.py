"""JSON in and out: refuses duplicate keys, keeps every number as it was written."""

import json
import re

import msgspec

from academy.xapi.errors import StatementInvalid

Json = dict[str, object]

CLAUSE = "xAPI 1.0.3 Data 2.2"
LARGEST_PLAIN_INTEGER = 2**63
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Decimal(float):
    """A JSON number with a fraction or exponent that remembers its text."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Decimal":
        """Read the number and keep its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Integer(int):
    """A JSON integer of any size that remembers its text."""

    text: str

    def __new__(cls, text: str) -> "Integer":
        """Read the number and keep its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def decode(text: bytes | str) -> object:
    """Read a JSON text; raises StatementInvalid for anything that is not strict JSON in UTF-8."""
    try:
        string = text if isinstance(text, str) else text.decode("utf-8")
        value = json.loads(
            string,
            object_pairs_hook=_unique,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
        if SURROGATE.search(string):
            encode(value)
    except UnicodeError as error:
        raise StatementInvalid("not valid UTF-8", clause="xAPI 1.0.3 Communication 1.4") from error
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise StatementInvalid(reason, clause=CLAUSE) from error
    except RecursionError as error:
        raise StatementInvalid("nested too deeply", clause=CLAUSE) from error
    except ValueError as error:
        raise StatementInvalid(f"not JSON: {error}", clause=CLAUSE) from error
    return value


def encode(value: object) -> bytes:
    """Write a value as compact JSON in UTF-8; numbers that were read keep their text."""
    return _encoder.encode(value)


def _unique(pairs: list[tuple[str, object]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise StatementInvalid(f'the key "{twice}" stands twice in one object', clause=CLAUSE)
    return members


def _integer(text: str) -> int:
    number = int(text)
    plain = -LARGEST_PLAIN_INTEGER <= number < LARGEST_PLAIN_INTEGER and text != "-0"
    return number if plain else Integer(text)


def _refuse_constant(name: str) -> object:
    raise StatementInvalid(f"{name} is not a JSON value", clause=CLAUSE)


def _as_written(number: object) -> object:
    if isinstance(number, Decimal | Integer):
        return msgspec.Raw(number.text.encode())
    raise TypeError(f"{type(number).__name__} has no place in JSON")


_encoder = msgspec.json.Encoder(enc_hook=_as_written)
