"""How cells of the matrix are written: those that show the same look the same, so each is drawn once."""

from operator import attrgetter
from typing import Any

from markupsafe import Markup

from academy.locale import duration, percent
from academy.reports.queries import PersonRow
from academy.templating import drawn


class Cells(dict[tuple[str, Any], str]):
    """The cells of one page by status and what stands under it; `show` says which of the fields of a cell."""

    def __init__(self, show: str) -> None:
        """Begin a page without any."""
        self._seen = attrgetter("status", show)
        self._write = duration if show == "time" else percent

    def __missing__(self, seen: tuple[str, Any]) -> str:
        code, value = seen
        figure = None if value is None else self._write(value)
        self[seen] = cell = str(drawn("components/matrix-cell.html", code=code, figure=figure))
        return cell

    def of(self, person: PersonRow) -> Markup:
        """Return a person's cells, one for each course."""
        return Markup("".join([self[self._seen(cell)] for cell in person.cells]))  # noqa: S704 -- drawn
