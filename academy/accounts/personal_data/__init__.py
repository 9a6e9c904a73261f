"""Personal data as a whole: what each room holds about a person, handed out as an archive, or erased.

Rooms register a `sources.Source` in app.py. What is erased leaves a receipt; people ask on their own page and
staff confirm.
"""
