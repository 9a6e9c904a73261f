"""Signals of progress."""

from blinker import Signal

#: Sent once per registration, inside the transaction that completes it: sender is the Connection,
#: `completion` a `progress.projection.CourseCompletion`.
course_completed = Signal()
