"""The registry of activity kinds: what each is called, its picture, and the routes that open it."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from academy.errors import NotFound


@dataclass(frozen=True)
class Kind:
    """One kind of activity; `launch` and `preview` name the endpoints that open it, if any."""

    name: str
    label: LazyString
    icon: str
    launch: str | None = None
    preview: str | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; its name is kept in activities and in statement ids, and never changes."""
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """Return the kind of a name; raises NotFound."""
    if name not in _kinds:
        raise NotFound
    return _kinds[name]


def all_kinds() -> tuple[Kind, ...]:
    """Return every kind, in the order of registration."""
    return tuple(_kinds.values())


SCORM_12 = register(Kind("scorm-1.2", _l("SCORM 1.2"), "package", "courses.launch", "courses.preview"))
SCO = register(Kind("sco", _l("Learning unit"), "book", "courses.launch", "courses.preview"))
ASSET = register(Kind("asset", _l("Page to read"), "file", "courses.launch", "courses.preview"))
