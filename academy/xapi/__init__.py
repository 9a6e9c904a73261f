"""The learning record store: xAPI 1.0.3 and 2.0 statements and documents, kept in tables of this database.

`store.insert` is the only code that adds statements, for HTTP clients and for rooms of the Academy alike;
whoever derives something from statements listens to `signals.statements_stored`. The room knows nothing of
people or courses.
"""
