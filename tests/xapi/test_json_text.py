import pytest

from academy.xapi import json_text
from academy.xapi.errors import StatementInvalid


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.50,"b":1e2,"c":-0,"d":123456789012345678901234567890,"e":0.1000000000000000000000001,"f":1E+400}',
        '[true,false,null,"\\u0000","ё",{}]',
    ],
)
def test_encode_what_was_decoded_gives_the_same_text(text):
    assert json_text.encode(json_text.decode(text)).decode() == text


def test_decode_numbers_compare_as_numbers():
    value = json_text.decode("[1.50, 7, -0, 123456789012345678901234567890]")

    assert value == [1.5, 7, 0, 123456789012345678901234567890]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a":1,"b":{"c":1,"c":2}}', 'the key "c" stands twice'),
        (b'{"a":1', "not JSON"),
        (b"", "not JSON"),
        (b'{"a":1} x', "not JSON"),
        (b'{"a":NaN}', "NaN is not a JSON value"),
        (b'{"a":-Infinity}', "-Infinity is not a JSON value"),
        (b'{"a":"\xff"}', "not valid UTF-8"),
        (b'{"a":"\\ud800"}', "not valid UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":%b}' % (b"9" * 5000), "not JSON"),
        (b'{"a":"\n"}', "not JSON"),
    ],
)
def test_decode_anything_else_is_refused(text, reason):
    with pytest.raises(StatementInvalid, match=reason):
        json_text.decode(text)


def test_decode_surrogate_pair_is_one_letter():
    assert json_text.decode(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_encode_unknown_type_is_refused():
    with pytest.raises(TypeError, match="object has no place in JSON"):
        json_text.encode({"a": object()})
