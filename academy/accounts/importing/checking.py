"""Checking rows: every fault is found before anything is written, each with its line and column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from academy.accounts import emails, names, queries
from academy.accounts.importing.reading import Fault, Row
from academy.accounts.models import Organisation, Person, Role, State, folded
from academy.accounts.zones import DEFAULT
from academy.db import db
from academy.locale import LANGUAGES

AT_A_TIME = 500


@dataclass(frozen=True)
class Candidate:
    """A row that can be taken in. `language` is None where the file says none; `known` has an account."""

    line: int
    email: str
    name_latin: str
    name_cyrillic: str | None
    state_code: str | None
    organisation: Organisation | None
    role: Role
    language: str | None
    time_zone: str
    known: Person | None = None


class Places:
    """The states that people may serve in, and the organisations by state and name; read once."""

    def __init__(self) -> None:
        """Read them."""
        self.states: dict[str, State] = {state.code: state for state in queries.states()}
        self.units: dict[tuple[str | None, str], list[Organisation]] = {}
        for unit in queries.organisations():
            for name in {folded(text) for text in unit.name.values()} | {str(unit.public_id)}:
                for code in {unit.state_code, None}:
                    self.units.setdefault((code, name), []).append(unit)


class Checker:
    """Checks the rows of one file: remembers addresses, knows the places."""

    def __init__(self, *, allow_administrators: bool = False) -> None:
        """Begin with a file."""
        self.places = Places()
        self.allow_administrators = allow_administrators
        self.lines: dict[str, int] = {}

    def checked(self, rows: Iterable[Row]) -> Iterator[Candidate | Fault]:
        """Go through rows as candidates and faults, some hundred at a time."""
        remaining = iter(rows)
        while batch := list(islice(remaining, AT_A_TIME)):
            found = [(row, _Cells(row, self)) for row in batch]
            known = _known(cells.email for _row, cells in found if cells.email)
            for _row, cells in found:
                yield from cells.outcome(known.get(cells.email))


class _Cells:
    """The cells of one row, read one after the other; faults are gathered."""

    def __init__(self, row: Row, checker: Checker) -> None:
        self.row, self.places, self.faults = row, checker.places, list[Fault]()
        if row.surplus:
            self.fault("", _("The line has more cells than the header."))
        self.email = self._email(checker)
        self.name_latin = self._name("name_latin") or ""
        self.name_cyrillic = self._name("name_cyrillic")
        self.role = self._role(allow_administrators=checker.allow_administrators)
        self.language = self._language()
        self.state = self._state()
        self.unit = self._unit()
        if self.unit is not None and self.state is None:
            self.state = self.places.states.get(self.unit.state_code or "")
        if self.role == Role.COORDINATOR and self.state is None and not self._has_fault("state"):
            self.fault("state", _("A coordinator needs a state."))

    def fault(self, column: str, message: str) -> None:
        """Note what is wrong in a column."""
        self.faults.append(Fault(self.row.line, column, message))

    def outcome(self, known: Person | None) -> Iterator[Candidate | Fault]:
        """Go through the faults, or give the one candidate."""
        if known is not None:
            self._check_known(known)
        if self.faults:
            yield from sorted(self.faults, key=lambda one: list(self.row.cells).index(one.column or "email"))
            return
        yield Candidate(
            line=self.row.line,
            email=self.email,
            name_latin=self.name_latin,
            name_cyrillic=self.name_cyrillic,
            state_code=self.state.code if self.state else None,
            organisation=self.unit,
            role=self.role,
            language=self.language,
            time_zone=self.state.time_zone if self.state else DEFAULT,
            known=known,
        )

    def _check_known(self, known: Person) -> None:
        """Refuse what an import must not do to an account: open a closed one, or give it a role."""
        if not known.active:
            self.fault("email", _("The account with this address is closed."))
        scope = self.state.code if self.state and self.role == Role.COORDINATOR else None
        held = {
            (grant.role, grant.state_code if grant.role == Role.COORDINATOR else None)
            for grant in known.grants
        }
        if self.role != Role.LEARNER and (self.role.value, scope) not in held:
            text = _(
                "There is an account with this address and without this role. Give it under People, Roles."
            )
            self.fault("role", text)

    def _email(self, checker: Checker) -> str:
        text = self.row.cells["email"]
        if not text:
            self.fault("email", _("The address is missing."))
            return ""
        try:
            address = emails.normal(text)
        except emails.BadEmail as error:
            self.fault("email", str(error))
            return ""
        first = checker.lines.setdefault(address, self.row.line)
        if first != self.row.line:
            self.fault("email", _("This address is already in line %(line)d.", line=first))
        return address

    def _name(self, column: str) -> str | None:
        text = self.row.cells[column]
        try:
            return names.latin(text) if column == "name_latin" else names.cyrillic(text)
        except names.BadName as error:
            self.fault(column, str(error))
            return None

    def _role(self, *, allow_administrators: bool) -> Role:
        text = self.row.cells["role"].lower() or Role.LEARNER.value
        try:
            role = Role(text)
        except ValueError:
            known = ", ".join(one.value for one in Role)
            self.fault("role", _("There is no such role; there are %(roles)s.", roles=known))
            return Role.LEARNER
        if role == Role.ADMINISTRATOR and not allow_administrators:
            self.fault("role", _("An import makes no administrators, unless --allow-administrators says so."))
        return role

    def _language(self) -> str | None:
        text = self.row.cells["language"].lower()
        if text and text not in LANGUAGES:
            self.fault("language", _("The language is en or ru."))
        return text or None

    def _state(self) -> State | None:
        code = self.row.cells["state"].upper()
        found = self.places.states.get(code)
        if code and found is None:
            self.fault(
                "state", _("“%(code)s” is no participating state; write its two letters.", code=code[:20])
            )
        elif found is not None and found.status == "former":
            self.fault("state", _("This state no longer participates."))
        return found

    def _unit(self) -> Organisation | None:
        name = self.row.cells["organisation"]
        if not name or self._has_fault("state"):
            return None
        found = self.places.units.get((self.state.code if self.state else None, folded(name)), [])
        if not found:
            self.fault("organisation", _("There is no such organisation in this state."))
        elif len(found) > 1:
            self.fault(
                "organisation", _("Several organisations have this name; write the state, or the number.")
            )
        return found[0] if len(found) == 1 else None

    def _has_fault(self, column: str) -> bool:
        return any(one.column == column for one in self.faults)


def _known(addresses: Iterable[str]) -> dict[str, Person]:
    wanted: Sequence[str] = list(addresses)
    found = sa.select(Person).where(Person.email.in_(wanted)).options(selectinload(Person.grants))
    return {person.email: person for person in db.session.scalars(found)}
