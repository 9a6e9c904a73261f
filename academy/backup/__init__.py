"""A whole Academy in one file: every table, every file that a row names, the keys; and back, elsewhere.

A backup is read under one snapshot of the database while the Academy runs, and does not depend on the kind
of database or store: what was SQLite and a folder may become PostgreSQL and a bucket. A restore goes into an
empty instance only, and leaves it empty where it fails. See docs/decisions.
"""
