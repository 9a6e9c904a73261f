"""The Training Academy of the Prague Process.

A learning platform in which every learning event becomes an xAPI statement in its own learning record
store, and everything shown about learning is derived from those statements. `app.py` is the table of
contents.
"""
