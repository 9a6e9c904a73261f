"""Packages: read a zip that strangers made, safely, into one outline, and keep it file by file.

`archive` is the only module that touches the zip; `detection` and `scorm12` read what it holds; `checking`
says what is wrong and where; `importing` keeps it. Everything but `importing` is free of the database. Where
a real authoring tool and the letter of a standard differ, the package is read and a warning says so. Refused
is only what has no readable manifest or nothing to launch, and an archive that can be read in two ways.
"""
