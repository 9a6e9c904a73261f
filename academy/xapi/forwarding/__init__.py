"""Statements sent on to other record stores: at least once, in the order in which they were stored.

A target remembers the `seq` up to which it has everything that it asked for. It moves only after the other
store has answered, so that whoever is killed sends the last batch again, which that store knows by its ids.
"""
