"""Statements out of the store and into it as JSON lines, oldest first, with the data of attachments beside.

A file of statements stands beside a folder with its attachments, each named by its hash. Both ways work in
batches of their own transactions, so that the Academy goes on beside them, and go on where they were cut.
"""
