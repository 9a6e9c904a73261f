"""Courses: catalogue, sections and activities, packages, enrolment, and the run-time that plays them.

Rank: above accounts and xapi, beside library. Decisions: content runs on an origin of its own; the record
of learning is the statements that `runtime` writes through `xapi.store`.
"""
