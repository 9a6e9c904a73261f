"""People from a file: read, checked row by row, written all together or not at all."""
