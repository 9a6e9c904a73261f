"""Whatever holds something about people is handed out and erased: no table is forgotten."""

from flask import Flask

from academy.accounts.personal_data import sources
from academy.db import Base

#: Tables that hold nothing about a person, each with the reason why that is so.
IMPERSONAL = {
    "installation": "one row per fact about the installation",
    "state": "participating states",
    "organisation": "ministries and units",
    "section": "structure of courses",
    "activity": "structure of courses",
    "release": "what courses ask",
    "package": "variants of activities",
    "package_file": "files of packages",
    "resource": "published documents",
    "xapi_verb": "words of statements",
    "xapi_activity": "what statements are about",
    "xapi_activity_profile": "documents about activities, shared by all who use them",
    "xapi_day": "how many statements came on a day",
    "xapi_forwarding": "other record stores",
    "serial_counter": "the last number of a year",
    "worker": "processes",
    "audit_seal": "digests of acts",
    "erasure_receipt": "counts, and a keyed digest until no backup needs it",
}


def test_every_table_belongs_to_a_room_that_erases_it_or_is_impersonal(app: Flask) -> None:
    covered = {table for source in sources.all_sources() for table in source.tables}
    known = set(Base.metadata.tables) - {"alembic_version"}

    assert known - covered - set(IMPERSONAL) == set()
    assert (covered | set(IMPERSONAL)) - known == set()
    assert covered & set(IMPERSONAL) == set()


def test_no_table_that_points_to_people_counts_as_impersonal() -> None:
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name
        in {"person", "pseudonym", "enrolment", "attempt", "xapi_agent", "audit_entry"}
    }
    telling = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"email", "person", "actor", "address", "name_latin", "registration"} & set(table.columns.keys())
    }

    assert (pointing | telling) & set(IMPERSONAL) <= {"audit_seal", "erasure_receipt"}
