"""How cells of the matrix are written: those that show the same look the same, so each is drawn once."""

from markupsafe import Markup

from academy.locale import duration, percent
from academy.reports.queries import Cell, PersonRow
from academy.templating import drawn


class Cells(dict[tuple[str, str | None], Markup]):
    """The cells of one page by status and figure; `show` says which figure."""

    def __init__(self, show: str) -> None:
        """Begin a page without any."""
        self.show = show

    def __missing__(self, seen: tuple[str, str | None]) -> Markup:
        code, figure = seen
        self[seen] = cell = drawn("components/matrix-cell.html", code=code, figure=figure)
        return cell

    def of(self, person: PersonRow) -> Markup:
        """Return a person's cells, one for each course."""
        return Markup().join([self[self._seen(cell)] for cell in person.cells])

    def _seen(self, cell: Cell | None) -> tuple[str, str | None]:
        if cell is None:
            return "not-enrolled", None
        if self.show == "time":
            return cell.status, duration(cell.time_ms) if cell.time_ms else None
        figure = cell.share if self.show == "share" else cell.score
        return cell.status, None if figure is None else percent(figure)
