"""Progress: a disposable projection of statements, per registration and activity, and per course.

Rank: above courses, below certificates. Decision: nothing here is a source of truth; `rebuild` replays all
statements and must give equal rows.
"""
