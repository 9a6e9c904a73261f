"""What a manifest says about the whole package in its metadata. (LOM)"""

from academy.courses.packages.manifest_xml import Element, Reading


def described(reading: Reading, name: str) -> str | None:
    """Return a field of the `general` part of the metadata, in the first language given."""
    place: Element | None = reading.root
    for step in ("metadata", "lom", "general"):
        place = reading.child(place, step) if place is not None else None
    return reading.text(place, name) if place is not None else None
