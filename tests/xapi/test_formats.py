from datetime import UTC, datetime

import pytest

from academy.xapi import formats


@pytest.mark.parametrize(
    "text",
    ["http://example.org", "urn:uuid:1", "tag:a,2013:b", "http://example.org/фраза?x=[1]", "a+b-c.d:e"],
)
def test_is_iri_absolute_is_true(text):
    assert formats.is_iri(text)


@pytest.mark.parametrize(
    "text", ["", "example.org", "//example.org/x", "http:", "a b:c", "1a:b", "http://a/b c", "http://a/<b>"]
)
def test_is_iri_relative_or_broken_is_false(text):
    assert not formats.is_iri(text)


@pytest.mark.parametrize("text", ["mailto:a@b.org", "mailto:a+c@b"])
def test_is_mailto_with_address_is_true(text):
    assert formats.is_mailto(text)


@pytest.mark.parametrize("text", ["a@b.org", "MAILTO:a@b.org", "mailto:", "mailto:a", "mailto:a@b@c"])
def test_is_mailto_without_scheme_or_address_is_false(text):
    assert not formats.is_mailto(text)


def test_is_uuid_accepts_any_version_and_case():
    assert formats.is_uuid("6690E6C9-3ef0-9ed3-0b37-7f3964730bee")


@pytest.mark.parametrize(
    "text",
    ["", "6690e6c93ef04ed38b377f3964730bee", "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}", "6690e6c9-3ef0"],
)
def test_is_uuid_other_forms_are_false(text):
    assert not formats.is_uuid(text)


@pytest.mark.parametrize("text", ["en", "en-US", "sr-Latn-RS", "zh-min-nan", "de-CH-1996", "x-own", "es-419"])
def test_is_language_tag_of_rfc_5646_is_true(text):
    assert formats.is_language_tag(text)


@pytest.mark.parametrize("text", ["", "e", "en_US", "english-very-longtagpart", "en-", "12", "en-US-US-US"])
def test_is_language_tag_wrong_lengths_are_false(text):
    assert not formats.is_language_tag(text)


@pytest.mark.parametrize(
    "text", ["P3Y", "P4W", "PT4H35M59.14S", "P3Y1M29DT4H5M", "PT0S", "P1.5D", "PT1.234567S", "P0,5W"]
)
def test_is_duration_with_designators_is_true(text):
    assert formats.is_duration(text)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "P4W1D", "-P1D", "P1.5DT1H", "P0001-01-01T00:00:00", "1H", "PT1H2"]
)
def test_is_duration_other_forms_are_false(text):
    assert not formats.is_duration(text)


def test_truncated_duration_cuts_and_never_rounds():
    assert formats.truncated_duration("PT1.2399S") == "PT1.23S"
    assert formats.truncated_duration("P1DT2S") == "P1DT2S"


@pytest.mark.parametrize(
    "text",
    [
        "2015-11-18T12:17:00Z",
        "2015-11-18 12:17:00z",
        "2015-11-18T12:17:00.123456789+02:00",
        "2015-11-18T12:17:00+0530",
        "2015-11-18T12:17:00",
        "2015-12-31T23:59:60Z",
    ],
)
def test_is_timestamp_of_iso_8601_is_true(text):
    assert formats.is_timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2015-11-18",
        "2015-11-18T12:17:00-00:00",
        "2015-11-18T12:17:00-0000",
        "2015-11-18T12:17:00-00",
        "2015-02-30T12:17:00Z",
        "2015-11-18T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "yesterday",
    ],
)
def test_is_timestamp_unknown_zone_or_no_date_is_false(text):
    assert not formats.is_timestamp(text)


def test_moment_leap_second_is_the_next_second():
    assert formats.moment("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)


def test_in_utc_keeps_every_digit_of_the_fraction():
    assert formats.in_utc("2015-11-18T12:17:00.1234567891+02:00") == "2015-11-18T10:17:00.1234567891Z"
    assert formats.in_utc("2015-11-18T12:17:00Z") == "2015-11-18T12:17:00.000Z"


def test_is_version_second_line_only_where_it_is_spoken():
    assert formats.is_version("1.0", second_edition=False)
    assert formats.is_version("1.0.9", second_edition=True)
    assert formats.is_version("2.0.0", second_edition=True)
    assert not formats.is_version("2.0.0", second_edition=False)
    assert not formats.is_version("1.1.0", second_edition=True)
    assert not formats.is_version("0.9.9", second_edition=True)
