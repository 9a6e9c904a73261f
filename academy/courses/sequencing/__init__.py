"""SCORM 2004 sequencing and navigation: which activity comes next, and why none does.

Pure: a tree of activities as the manifest defines it, what is known of each, a request; out come the changed
tree and what is to be delivered, or the exception that says why nothing is. One file a process family of the
Sequencing and Navigation book, functions named after its processes. Unknown is None everywhere.
"""
